//! A screen as SVG.

use std::fmt::Write as _;

/// Width and height of a cell, in pixels.
const CELL: (f32, f32) = (8.4, 18.0);
const MARGIN: f32 = 12.0;
const GROUND: &str = "#1c1f26";
const INK: &str = "#d8dce4";

/// The sixteen colours of a terminal.
const PALETTE: [&str; 16] = [
    "#2b303b", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
    "#5c6370", "#ef7d86", "#a9d48a", "#f0cf8f", "#74bcf7", "#d38ae8", "#6cc7d2", "#ffffff",
];

/// Draws the screen, cell by cell where the ground is coloured, run by run where text stands.
pub fn draw(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let width = f32::from(columns) * CELL.0 + 2.0 * MARGIN;
    let height = f32::from(rows) * CELL.1 + 2.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{GROUND}\"/>\n"
    );
    for row in 0..rows {
        for column in 0..columns {
            let Some(cell) = screen.cell(row, column) else { continue };
            if cell.is_wide_continuation() {
                continue;
            }
            let (mut ink, mut ground) =
                (colour(cell.fgcolor(), INK), colour(cell.bgcolor(), GROUND));
            if cell.inverse() {
                std::mem::swap(&mut ink, &mut ground);
            }
            let (x, y) = (MARGIN + f32::from(column) * CELL.0, MARGIN + f32::from(row) * CELL.1);
            let w = if cell.is_wide() { 2.0 * CELL.0 } else { CELL.0 };
            if ground != GROUND {
                // Writing to a String cannot fail.
                let _ = writeln!(
                    out,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{:.1}\" \
                     fill=\"{ground}\"/>",
                    CELL.1
                );
            }
            let text = cell.contents();
            if text.trim().is_empty() {
                continue;
            }
            let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
            let faint = if cell.dim() { " opacity=\"0.6\"" } else { "" };
            let _ = writeln!(
                out,
                "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"{ink}\"{weight}{faint}>{}</text>",
                y + CELL.1 * 0.75,
                escaped(text)
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn colour(c: vt100::Color, otherwise: &str) -> String {
    match c {
        vt100::Color::Default => otherwise.to_owned(),
        vt100::Color::Idx(n @ 0..16) => PALETTE[usize::from(n)].to_owned(),
        vt100::Color::Idx(n @ 16..232) => {
            let n = n - 16;
            let level = |v: u8| if v == 0 { 0 } else { 55 + u32::from(v) * 40 };
            format!("#{:02x}{:02x}{:02x}", level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        vt100::Color::Idx(n) => {
            let v = 8 + u32::from(n - 232) * 10;
            format!("#{v:02x}{v:02x}{v:02x}")
        }
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}
