//! Cold rotations as a picture, on a logarithmic axis of time.

use std::fmt::Write;
use std::time::Duration;

use rotation_chaos::svg::{Axis, begin, text};
use rotation_chaos::words::shown;

use crate::contender::Contender::{Rotation, Template};
use crate::figures::{Figures, Row};
use crate::statistics::median;
use crate::table::named;

/// Of the whole, in pixels.
const WIDTH: f64 = 900.0;
/// Where the axis begins and ends.
const LEFT: f64 = 230.0;
const RIGHT: f64 = WIDTH - 110.0;
/// Above the first engine, of an engine, and below the last one.
const TOP: f64 = 56.0;
const ENGINE: f64 = 52.0;
const BOTTOM: f64 = 44.0;
/// Of a bar.
const BAR: f64 = 16.0;
/// Of the shortest bar.
const LEAST: f64 = 0.01 * (RIGHT - LEFT);
const AXIS: Axis = Axis {
    left: LEFT,
    right: RIGHT,
    first: -2,
    last: 1,
};

/// An SVG with two bars for each engine: the function's, and below it the template's, where there is one.
pub(crate) fn picture(all: &[Figures]) -> String {
    let bottom = all.iter().fold(TOP, |top, _| top + ENGINE);
    let title = "A cold rotation, from the start of the process to the fourth answer";
    let mut svg = begin((WIDTH, bottom + BOTTOM), title);
    text(&mut svg, (16.0, 28.0), "start", "", title);
    AXIS.draw(&mut svg, (TOP - 8.0, bottom));
    let mut top = TOP;
    for figures in all {
        text(
            &mut svg,
            (16.0, top + 22.0),
            "start",
            "",
            &named(figures.name),
        );
        for (contender, class) in [(Rotation, "bar"), (Template, "other")] {
            if let Some(time) = median(figures.row(contender, Row::Cold)) {
                bar(&mut svg, (class, contender == Template), top, time);
            }
        }
        top += ENGINE;
    }
    svg.push_str("</svg>\n");
    svg
}

/// A time in milliseconds; the second bar stands below the first.
fn bar(svg: &mut String, (class, second): (&str, bool), top: f64, time: f64) {
    let y = if second { top + BAR + 6.0 } else { top + 4.0 };
    let time = Duration::from_secs_f64(time / 1e3);
    let end = AXIS.place(time).max(LEFT + LEAST);
    let _ = writeln!(
        svg,
        "<rect class=\"{class}\" x=\"{LEFT:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR:.1}\"/>",
        end - LEFT
    );
    let said = shown(time);
    let said = match second {
        true => format!("AWS's template: {said}"),
        false => said,
    };
    let (at, anchor) = match end > RIGHT - 60.0 {
        true => (end - 6.0, "end"),
        false => (end + 6.0, "start"),
    };
    text(svg, (at, y + BAR - 4.0), anchor, "small", &said);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tests::figures;

    #[test]
    fn the_picture_is_xml_and_says_the_medians() {
        let all = [figures("mysql/single-user", true), figures("ssh", false)];
        let svg = picture(&all);
        let document = roxmltree::Document::parse(&svg).expect("XML");
        let widths = |class: &str| {
            let nodes = document.descendants();
            let nodes = nodes.filter(|node| node.attribute("class") == Some(class));
            nodes
                .filter_map(|node| node.attribute("width")?.parse::<f64>().ok())
                .collect::<Vec<_>>()
        };
        let (bars, others) = (widths("bar"), widths("other"));
        assert_eq!((bars.len(), others.len()), (2, 1), "{svg}");
        assert!(bars[0] < others[0] && others[0] < RIGHT - LEFT, "{svg}");
        for words in [
            "mysql, single user",
            "20 ms",
            "AWS's template: 250 ms",
            "10 s",
        ] {
            let said = |node: roxmltree::Node<'_, '_>| node.text() == Some(words);
            assert!(document.descendants().any(said), "{words}: {svg}");
        }
    }
}
