//! Draws a grid: its heading, the visible rows, and words where there are none.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::pen::{Pen, wrap};
use super::theme::Part;
use crate::tui::model::Model;
use crate::tui::model::grid::{Grid, GridId, Spec, Tone};
use crate::tui::model::message::Spot;
use crate::tui::model::record::Row;

/// Cells on the left of the first column: the mark and a gap.
const MARGIN: u16 = 2;

struct Drawn {
    spec: &'static Spec,
    nth: usize,
    x: u16,
    width: u16,
}

/// Draws the grid; gives the place of its cursor.
pub(super) fn draw(model: &Model, id: GridId, pen: &mut Pen, area: Rect) -> Option<Position> {
    let grid = model.grid(id);
    let shown: Vec<Drawn> = {
        let specs: Vec<&'static Spec> = grid.layout.shown().map(|c| c.spec(id)).collect();
        let mut x = area.x + MARGIN;
        grid.visible_columns(area.width - MARGIN)
            .into_iter()
            .map(|(nth, width)| {
                let drawn = Drawn { spec: specs[nth], nth, x, width };
                x += width + 1;
                drawn
            })
            .collect()
    };
    heading(grid, &shown, pen, area);
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if let Some(words) = nothing(model, grid) {
        empty(&words, pen, rows);
        return Some(Position { x: area.x, y: rows.y });
    }
    let mut cursor = None;
    for line in 0..rows.height {
        let at = grid.top + u64::from(line);
        if at >= grid.total {
            break;
        }
        let y = rows.y + line;
        let here = at == grid.at;
        match grid.row(at) {
            Some(row) => cells(grid, at, row, &shown, here, pen, y, area.width),
            None => {
                let style = pen.style(Part::Dim);
                pen.text(area.x + MARGIN, y, area.width, pen.look.glyphs.cut, style);
                if here {
                    let style = pen.style(Part::Cursor);
                    pen.wash(area.x, y, area.width, style);
                }
            }
        }
        if here {
            let x = shown.iter().find(|d| d.nth == grid.column).map_or(area.x, |d| d.x);
            cursor = Some(Position { x, y });
        }
    }
    cursor
}

fn heading(grid: &Grid, shown: &[Drawn], pen: &mut Pen, area: Rect) {
    let style = pen.style(Part::Header);
    pen.wash(area.x, area.y, area.width, style);
    for d in shown {
        let sign = match grid.sort.iter().position(|k| k.column == d.spec.name) {
            None => String::new(),
            Some(level) => {
                let glyphs = &pen.look.glyphs;
                let sign = if grid.sort[level].descending { glyphs.down } else { glyphs.up };
                if grid.sort.len() > 1 { format!("{sign}{}", level + 1) } else { sign.to_owned() }
            }
        };
        let text = format!("{}{sign}", d.spec.title);
        pen.spot(d.x, area.y, d.width, Spot::Heading(d.nth));
        if d.spec.right {
            pen.right(d.x, area.y, d.width, &text, style);
        } else {
            pen.text(d.x, area.y, d.width, &text, style);
        }
    }
    if grid.left > 0 {
        // What is between the frozen columns and the others is scrolled out.
        if let Some(d) = shown.iter().rev().find(|d| d.nth < grid.layout.frozen) {
            pen.text(d.x + d.width, area.y, 1, pen.look.glyphs.bar, style);
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "a row is drawn from one place only")]
fn cells(
    grid: &Grid,
    at: u64,
    row: &Row,
    shown: &[Drawn],
    here: bool,
    pen: &mut Pen,
    y: u16,
    width: u16,
) {
    let marked = grid.is_marked(at);
    let base: Option<Style> = match (here, marked) {
        (true, _) => Some(pen.style(Part::Cursor)),
        (false, true) => Some(pen.style(Part::Marked)),
        (false, false) => None,
    };
    if here {
        let style = pen.style(Part::Cursor);
        pen.wash(0, y, width, style);
    }
    if marked {
        let style = base.unwrap_or_default();
        pen.text(0, y, 1, pen.look.glyphs.mark, style);
    }
    for d in shown {
        let cell = (d.spec.cell)(&row.record);
        let style = base.unwrap_or_else(|| pen.look.theme.tone(cell.tone));
        let style = if here && d.nth == grid.column { pen.style(Part::CursorCell) } else { style };
        let text = cell.value.show();
        if d.spec.right {
            pen.right(d.x, y, d.width, &text, style);
        } else {
            pen.text(d.x, y, d.width, &text, style);
        }
        if here && d.nth == grid.column && text.is_empty() {
            pen.wash(d.x, y, 1, style);
        }
    }
}

/// What is said in place of rows, with its tone.
fn nothing(model: &Model, grid: &Grid) -> Option<Vec<(String, Tone)>> {
    if let Some(problem) = &grid.problem {
        return Some(vec![
            (problem.message.clone(), Tone::Bad),
            (problem.remedy.clone(), Tone::Hint),
        ]);
    }
    if !grid.loaded && grid.rows.is_empty() {
        return Some(vec![("Reading...".into(), Tone::Dim)]);
    }
    if grid.total > 0 {
        return None;
    }
    if grid.unfiltered > 0 {
        return Some(vec![(
            model.keyed("No row passes the filter. {app.back} drops it, {grid.filter} changes it."),
            Tone::Hint,
        )]);
    }
    let lines: &[&str] = match grid.id {
        GridId::Organizations => &[
            "No organization is known yet.",
            "They come with the invoice lines: {invoices.load} loads them.",
        ],
        GridId::Products => &[
            "No offer is known yet.",
            "Only offers that stand on loaded invoice lines are listed: {invoices.load} loads invoices.",
        ],
        GridId::Invoices => &[
            "No invoice line is loaded for this month.",
            "{invoices.load} loads invoices, {invoices.load-file} a file; {invoices.period} shows another month.",
        ],
        GridId::Companies | GridId::Actions if model.sync.plan.is_none() => &[
            "There is no plan.",
            "{sync.plan} says what a sync would do; nothing is written before you carry it out.",
        ],
        GridId::Companies | GridId::Actions => &["The plan writes nothing."],
        GridId::Refused => &["No line is refused."],
        GridId::Runs => &["Nothing was synced yet."],
        GridId::Findings if model.sync.proof.as_ref().is_some_and(|p| p.is_proven()) => {
            &["Nothing is missing, nothing stands twice, and nobody changed anything."]
        }
        GridId::Findings => &[
            "Nothing to report.",
            "{runs.reconcile} reads back from the PSA what was posted, and proves the equation.",
        ],
        GridId::Logs => &["Nothing was logged."],
    };
    Some(lines.iter().map(|l| (model.keyed(l), Tone::Plain)).collect())
}

fn empty(words: &[(String, Tone)], pen: &mut Pen, area: Rect) {
    let mut y = area.y + 1;
    for (text, tone) in words {
        let style = pen.look.theme.tone(*tone);
        for line in wrap(text, area.width.saturating_sub(4)) {
            if y >= area.bottom() {
                return;
            }
            pen.text(area.x + MARGIN, y, area.width - MARGIN, &line, style);
            y += 1;
        }
    }
}
