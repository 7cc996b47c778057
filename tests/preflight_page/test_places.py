from laptop.preflight_page.places import CELL, heat_map
from laptop.preflight_page.statistics import COLUMNS, ROWS
from tests.preflight_page.drawings import number, shapes, words


def counts(**cells: int) -> list[list[int]]:
    places = [[0] * COLUMNS for _ in range(ROWS)]
    for name, count in cells.items():
        row, column = map(int, name.removeprefix("at_").split("_"))
        places[row][column] = count
    return places


def test_cells_are_the_darker_the_more_boxes_they_have() -> None:
    drawing = heat_map(counts(at_0_0=1, at_5_7=4, at_23_31=2))
    cells = [cell for cell in shapes(drawing, "rect", "heat") if cell.find("title") is not None]
    assert [(number(cell, "x") // CELL, number(cell, "y") // CELL) for cell in cells] == [(0, 0), (7, 5), (31, 23)]
    assert number(cells[0], "fill-opacity") < number(cells[2], "fill-opacity") < number(cells[1], "fill-opacity") == 1.0


def test_the_legend_tells_what_the_darkest_means() -> None:
    assert words(heat_map(counts(at_1_1=1_234))) == ["1", "1,234 boxes with their centre here"]


def test_the_description_tells_the_parts_of_the_picture() -> None:
    description = heat_map(counts(at_0_0=1, at_12_16=2, at_23_31=1)).attrib["aria-label"]
    assert "4 boxes" in description
    assert "at the top 25%, 0%, 0%; in the middle 0%, 50%, 0%; at the bottom 0%, 0%, 25%" in description
