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

/// Cells beside one another that look alike.
struct Run {
    column: u16,
    cells: u16,
    text: String,
    ink: String,
    ground: String,
    bold: bool,
    dim: bool,
}

/// Draws the screen, run by run.
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
        let y = MARGIN + f32::from(row) * CELL.1;
        for run in runs(screen, row, columns) {
            let (x, w) = (MARGIN + f32::from(run.column) * CELL.0, f32::from(run.cells) * CELL.0);
            // Writing to a String cannot fail.
            if run.ground != GROUND {
                let _ = writeln!(
                    out,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{:.1}\" \
                     fill=\"{}\"/>",
                    CELL.1, run.ground
                );
            }
            if run.text.trim().is_empty() {
                continue;
            }
            let weight = if run.bold { " font-weight=\"bold\"" } else { "" };
            let faint = if run.dim { " opacity=\"0.6\"" } else { "" };
            // The length is given, so that columns stand aligned in any font.
            let _ = writeln!(
                out,
                "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{w:.1}\" xml:space=\"preserve\" \
                 fill=\"{}\"{weight}{faint}>{}</text>",
                y + CELL.1 * 0.75,
                run.ink,
                escaped(&run.text)
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

/// A row in runs. A gap of two cells ends one, so that words keep their place in any font.
fn runs(screen: &vt100::Screen, row: u16, columns: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column) else { continue };
        if cell.is_wide_continuation() {
            continue;
        }
        let (mut ink, mut ground) = (colour(cell.fgcolor(), INK), colour(cell.bgcolor(), GROUND));
        if cell.inverse() {
            std::mem::swap(&mut ink, &mut ground);
        }
        let text = if cell.contents().is_empty() { " " } else { cell.contents() };
        let cells = if cell.is_wide() { 2 } else { 1 };
        let (bold, dim) = (cell.bold(), cell.dim());
        match runs.last_mut() {
            Some(run)
                if run.ground == ground
                    && (text == " " || (run.ink == ink && run.bold == bold && run.dim == dim))
                    && (text == " " || !run.text.ends_with("  ")) =>
            {
                run.text.push_str(text);
                run.cells += cells;
            }
            _ => runs.push(Run { column, cells, text: text.to_owned(), ink, ground, bold, dim }),
        }
    }
    for run in &mut runs {
        // Ground reaches to the end of a run, text ends with its last word.
        if run.ground == GROUND {
            let kept = run.text.trim_end().len();
            run.cells -= u16::try_from(run.text.len() - kept).unwrap_or(0);
            run.text.truncate(kept);
        }
    }
    runs
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
