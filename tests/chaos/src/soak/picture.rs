//! The figures as a picture: for how long AWSCURRENT was refused, on a logarithmic axis of time.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use crate::soak::Figures;
use crate::svg::{Axis, begin, line, text};
use crate::words::{grouped, shown};

/// Of the whole, in pixels.
const WIDTH: f64 = 900.0;
/// Where the axis begins and ends.
const LEFT: f64 = 210.0;
const RIGHT: f64 = WIDTH - 30.0;
/// Above the first row, and of a row.
const TOP: f64 = 56.0;
const ROW: f64 = 56.0;
/// Of a row, for what is said above its bars.
const SAID: f64 = 18.0;
/// Below the last one.
const BOTTOM: f64 = 44.0;
const AXIS: Axis = Axis {
    left: LEFT,
    right: RIGHT,
    first: -3,
    last: 1,
};
/// Bars from its beginning to its end.
const BARS: u32 = 64;

/// An SVG with a row for each strategy.
pub fn picture(all: &[Figures]) -> String {
    let bottom = all.iter().fold(TOP, |top, _| top + ROW);
    let height = bottom + BOTTOM;
    let title = "For how long AWSCURRENT was refused in a rotation";
    let mut svg = begin((WIDTH, height), title);
    text(
        &mut svg,
        (16.0, 28.0),
        "start",
        "",
        "For how long a client was refused AWSCURRENT, each time that it was",
    );
    AXIS.draw(&mut svg, (TOP - 8.0, bottom));
    let mut top = TOP;
    for figures in all {
        row(&mut svg, top, figures);
        top += ROW;
    }
    svg.push_str("</svg>\n");
    svg
}

/// Either the windows, or that there was none.
fn row(svg: &mut String, top: f64, figures: &Figures) {
    let name = figures.name.replace('-', " ");
    let (target, strategy) = name.split_once('/').unwrap_or((&name, ""));
    text(svg, (16.0, top + 18.0), "start", "", target);
    text(svg, (16.0, top + 33.0), "start", "small", strategy);
    let found = &figures.found;
    let base = top + ROW - 10.0;
    if found.refused == 0 {
        let none = format!("0 refused of {} logins", grouped(found.logins));
        return text(svg, (LEFT + 8.0, base - 18.0), "start", "", &none);
    }
    bars(svg, base, &found.windows);
    let median = AXIS.place(found.percentile(50));
    line(svg, "median", median, (top + SAID, base));
    let [median, most, longest] = [50, 99, 100].map(|percent| shown(found.percentile(percent)));
    let said = format!("median {median}, 99 % {most}, longest {longest}");
    text(svg, (LEFT + 8.0, top + 12.0), "start", "small", &said);
}

/// The higher a bar, the more windows were that long.
fn bars(svg: &mut String, base: f64, windows: &[Duration]) {
    let width = (RIGHT - LEFT) / f64::from(BARS);
    let mut counts = BTreeMap::<u32, u32>::new();
    for window in windows {
        let end = |bar: u32| LEFT + f64::from(bar + 1) * width;
        let bar = (0..BARS - 1).find(|bar| AXIS.place(*window) < end(*bar));
        *counts.entry(bar.unwrap_or(BARS - 1)).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(1);
    for (bar, count) in counts {
        let height = (f64::from(count) / f64::from(most) * (ROW - SAID - 12.0)).max(1.0);
        let (x, y) = (LEFT + f64::from(bar) * width, base - height);
        let _ = writeln!(
            svg,
            "<rect class=\"bar\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
            width - 1.0
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::figures::tests::figures;

    #[test]
    fn the_picture_is_xml_and_says_what_was_seen() {
        let windows: Vec<u64> = (20..40).chain([0, 60_000]).collect();
        let all = [
            figures("postgres/single-user", &windows),
            figures("ssh", &[]),
        ];
        let svg = picture(&all);
        let document = roxmltree::Document::parse(&svg).expect("XML");
        let of_class = |class: &str| {
            let nodes = document.descendants();
            let nodes = nodes.filter(|node| node.attribute("class") == Some(class));
            nodes
                .filter_map(|node| {
                    Some((
                        node.attribute("x")?.parse::<f64>().ok()?,
                        node.attribute("height")?.parse::<f64>().ok()?,
                    ))
                })
                .collect::<Vec<_>>()
        };
        let bars = of_class("bar");
        assert!(bars.len() > 4, "{bars:?}");
        assert!(
            bars.iter()
                .all(|(x, height)| (LEFT..RIGHT).contains(x) && *height <= ROW)
        );
        let said: Vec<&str> = document
            .descendants()
            .filter_map(|node| node.text())
            .collect();
        for words in [
            "median 29 ms, 99 % 60.0 s, longest 60.0 s",
            "0 refused of 12,345 logins",
            "single user",
            "10 s",
        ] {
            assert!(said.contains(&words), "{words}: {said:?}");
        }
    }

    #[test]
    fn times_stand_in_their_order() {
        let places =
            [0, 1, 10, 100, 1000, 10_000, 60_000].map(|ms| AXIS.place(Duration::from_millis(ms)));
        assert!(places.is_sorted());
        assert_eq!((places[0], places[6]), (LEFT, RIGHT));
        let step = (RIGHT - LEFT) / 4.0;
        assert!((places[2] - LEFT - step).abs() < 0.001);
    }
}
