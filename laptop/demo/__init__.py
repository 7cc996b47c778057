"""The whole loop, shown and measured: labels made or given, a run watched, answers scored."""
