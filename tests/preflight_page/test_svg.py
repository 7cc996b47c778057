from xml.etree.ElementTree import fromstring

from laptop.preflight_page import svg


def test_a_drawing_says_what_it_is_and_how_large() -> None:
    drawing = svg.drawing(120, 80.25, "Boxes")
    assert drawing.attrib == {
        "viewBox": "0 0 120 80.2", "width": "120", "height": "80.2", "role": "img", "aria-label": "Boxes"
    }  # fmt: skip


def test_numbers_are_short_and_names_are_those_of_svg() -> None:
    drawing = svg.drawing(10, 10, "")
    shape = svg.shape(drawing, "rect", x=1.2345, y=2.0, class_="bar", fill_opacity="0.25")
    assert shape.attrib == {"x": "1.2", "y": "2", "class": "bar", "fill-opacity": "0.25"}


def test_what_is_written_into_a_drawing_stays_text() -> None:
    drawing = svg.drawing(10, 10, 'a "quoted" <b>')
    svg.text(drawing, "<script>alert(1)</script>", 1, 2)
    svg.shape(drawing, "rect", "cats & dogs", x=0, y=0)
    read = fromstring(svg.markup(drawing))
    assert read.get("aria-label") == 'a "quoted" <b>'
    assert [element.tag for element in read.iter()] == ["svg", "text", "rect", "title"]
    assert [read[0].text, read[1][0].text] == ["<script>alert(1)</script>", "cats & dogs"]


def test_paths_are_closed() -> None:
    assert svg.rectangle_path([(0, 0), (10.04, 0), (10, 5.5)]) == "M0 0L10 0L10 5.5Z"


def test_words_are_turned_about_their_place() -> None:
    assert svg.turned_left(14, 20.5) == "rotate(-90 14 20.5)"
