//! A small chart: lines over a logarithmic axis, as SVG.

use std::fmt::Write as _;

pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const MARGIN: f64 = 60.0;
const COLOURS: [&str; 4] = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd"];

/// The chart; `across` and `up` name the axes. The upward one begins at 0.
pub(crate) fn svg(title: &str, across: &str, up: &str, lines: &[Line]) -> String {
    let points = || lines.iter().flat_map(|line| &line.points);
    let (least, most) =
        points().fold((f64::MAX, f64::MIN), |(least, most), (x, _)| (least.min(*x), most.max(*x)));
    let top = points().map(|(_, y)| *y).fold(f64::MIN_POSITIVE, f64::max) * 1.1;
    let x = |value: f64| MARGIN + (value / least).ln() / (most / least).ln() * (WIDTH - 2.0 * MARGIN);
    let y = |value: f64| HEIGHT - MARGIN - value / top * (HEIGHT - 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut text = |at: (f64, f64), anchor: &str, words: &str| {
        let _ = writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"{anchor}\">{words}</text>",
            at.0, at.1
        );
    };
    text((WIDTH / 2.0, 24.0), "middle", title);
    text((WIDTH / 2.0, HEIGHT - 16.0), "middle", across);
    text((8.0, MARGIN - 12.0), "start", up);
    for part in 0..=4 {
        let value = top * f64::from(part) / 4.0;
        text((MARGIN - 6.0, y(value) + 4.0), "end", &format!("{value:.0}"));
    }
    for (value, _) in lines.first().map_or(&[][..], |line| &line.points) {
        text((x(*value), HEIGHT - MARGIN + 18.0), "middle", &format!("{value}"));
    }
    for (number, (line, colour)) in (0u8..).zip(lines.iter().zip(COLOURS.iter().cycle())) {
        let path: Vec<String> =
            line.points.iter().map(|(a, b)| format!("{:.1},{:.1}", x(*a), y(*b))).collect();
        let _ = writeln!(
            svg,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{}\"/>\n\
             <text x=\"{:.0}\" y=\"{:.0}\" fill=\"{colour}\" text-anchor=\"end\">{}</text>",
            path.join(" "),
            WIDTH - MARGIN,
            MARGIN + 16.0 * f64::from(number),
            line.name
        );
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_its_lines_inside() {
        let line = Line { name: "ours".to_owned(), points: vec![(1.0, 10.0), (1000.0, 20.0)] };
        let svg = svg("title", "calls", "µs", &[line]);
        assert!(svg.contains("points=\"60.0,190.9 580.0,81.8\"") && svg.contains(">ours<"), "{svg}");
    }
}
