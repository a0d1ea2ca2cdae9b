//! Parts of a picture, as SVG.

use std::fmt::Write;
use std::time::Duration;

/// It has a ground of its own, which follows the reader's choice of light or dark.
const STYLE: &str = "\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 12px; fill: #59636e }
.ground { fill: #ffffff; stroke: #d1d9e0 }
.line { stroke: #d1d9e0 }
.bar { fill: #0969da }
.other { fill: #afb8c1 }
.median { stroke: #bc4c00; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.small { fill: #9198a1 }
.ground { fill: #0d1117; stroke: #3d444d }
.line { stroke: #3d444d }
.bar { fill: #4493f8 }
.other { fill: #656c76 }
.median { stroke: #f0883e }
}
";

/// A picture of this width and height, in pixels. `</svg>` must end it.
pub fn begin((width, height): (f64, f64), title: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n\
         <rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\"/>\n",
        width - 1.0,
        height - 1.0
    )
}

/// A line downwards.
pub fn line(svg: &mut String, class: &str, x: f64, (top, bottom): (f64, f64)) {
    let _ = writeln!(
        svg,
        "<line class=\"{class}\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top:.1}\" y2=\"{bottom:.1}\"/>"
    );
}

/// The text has nothing that XML would take for its own. `anchor` says which part of it is at the place.
pub fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, class: &str, text: &str) {
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
    );
}

/// A logarithmic axis of time.
pub struct Axis {
    /// Where it begins, in pixels.
    pub left: f64,
    /// Where it ends.
    pub right: f64,
    /// The power of ten of a second at its beginning.
    pub first: i32,
    /// The power of ten of a second at its end.
    pub last: i32,
}

impl Axis {
    /// A line for each power of ten, with its time below.
    pub fn draw(&self, svg: &mut String, (top, bottom): (f64, f64)) {
        for power in self.first..=self.last {
            let seconds = 10_f64.powi(power);
            let x = self.place(Duration::from_secs_f64(seconds));
            line(svg, "line", x, (top, bottom));
            let label = match power {
                ..0 => format!("{:.0} ms", seconds * 1e3),
                _ => format!("{seconds:.0} s"),
            };
            text(svg, (x, bottom + 20.0), "middle", "small", &label);
        }
    }

    /// How far to the right a time is. A time outside of the axis stands at its end.
    pub fn place(&self, time: Duration) -> f64 {
        let power = time.as_secs_f64().max(1e-9).log10();
        let share = (power - f64::from(self.first)) / f64::from(self.last - self.first);
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }
}
