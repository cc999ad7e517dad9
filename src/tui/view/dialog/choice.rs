//! Dialogs with a text and a list that it narrows: picker, palette, help.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::first_shown;
use crate::tui::field::Field;
use crate::tui::model::layer::help::Help;
use crate::tui::model::layer::palette::Palette;
use crate::tui::model::layer::picker::{Chosen, Picker};
use crate::tui::model::message::Spot;
use crate::tui::view::head::thousands;
use crate::tui::view::pen::{Pen, width, wrap};
use crate::tui::view::theme::Part;

/// The widest that these dialogs get.
const WIDEST: u16 = 110;

/// The text on top; gives the place of its cursor and the room for the list.
fn search(pen: &mut Pen, inner: Rect, field: &Field, told: &str) -> (Position, Rect) {
    let dim = pen.style(Part::Dim);
    let room = width(told);
    pen.text(inner.x, inner.y, 2, "> ", dim);
    pen.right(inner.right() - room, inner.y, room, told, dim);
    let x = pen.field(inner.x + 2, inner.y, inner.width.saturating_sub(room + 3), field);
    let list = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    (Position { x, y: inner.y }, list)
}

fn row_style(pen: &mut Pen, list: Rect, y: u16, row: usize, here: bool, plain: Part) -> Style {
    pen.spot(list.x, y, list.width, Spot::Row(row));
    let style = pen.style(if here { Part::Cursor } else { plain });
    if here {
        pen.wash(list.x, y, list.width, style);
    }
    style
}

/// The picker.
pub(super) fn picker(p: &Picker, pen: &mut Pen, area: Rect) -> Option<Position> {
    let high = if p.list.is_empty() { area.height } else { p.list.len() as u16 + 5 };
    let inner = pen.dialog(area, WIDEST.min(area.width), high.clamp(8, area.height), &p.title);
    let told = match p.loaded {
        true => {
            let records = p.choices.iter().filter(|c| c.chosen != Chosen::Nothing).count();
            format!("{records} of {}", thousands(p.total))
        }
        false => "searching...".into(),
    };
    let (cursor, list) = search(pen, inner, &p.field, &told);
    let detail = Rect { y: list.bottom() - 2, height: 2, ..list };
    let list = Rect { height: list.height.saturating_sub(2), ..list };
    let first = first_shown(p.at, list.height);
    // Scores and names take what they need; what tells names apart has the rest.
    let indent = if p.choices.iter().any(|c| c.score.is_some()) { 5 } else { 1 };
    let longest = p.choices.iter().map(|c| width(&c.title)).max().unwrap_or(0).max(12);
    let name = longest.min((list.width - indent) * 3 / 5);
    for (y, (i, c)) in (list.y..list.bottom()).zip(p.choices.iter().enumerate().skip(first)) {
        let here = i == p.at;
        let style = row_style(pen, list, y, i, here, Part::Text);
        let score = c.score.map_or_else(String::new, |s| format!("{s:>3}%"));
        pen.text(list.x, y, indent, &score, style);
        pen.text(list.x + indent, y, name, &c.title, style);
        let rest = list.width.saturating_sub(indent + name + 2);
        let dim = if here { style } else { pen.style(Part::Dim) };
        let text = if c.reason.is_empty() { &c.detail } else { &c.reason };
        pen.text(list.x + indent + name + 2, y, rest, text, dim);
    }
    if p.loaded && p.choices.is_empty() {
        let style = pen.style(Part::Warn);
        let text = if p.total == 0 {
            "Nothing to choose from yet: refresh the PSA records first."
        } else {
            "Nothing matches what is typed."
        };
        pen.text(list.x, list.y, list.width, text, style);
    }
    if let Some(c) = p.choices.get(p.at) {
        let style = pen.style(Part::Hint);
        let both = if c.reason.is_empty() || c.detail.is_empty() {
            format!("{}{}", c.reason, c.detail)
        } else {
            format!("{} {} {}", c.reason, pen.look.glyphs.dot, c.detail)
        };
        let lines = wrap(&both, detail.width);
        // One line stands at the bottom; a second one is taken where it is needed.
        let from = detail.bottom() - lines.len().min(2) as u16;
        for (y, line) in (from..detail.bottom()).zip(&lines) {
            pen.text(detail.x, y, detail.width, line, style);
        }
    }
    Some(cursor)
}

/// The command palette.
pub(super) fn palette(p: &Palette, pen: &mut Pen, area: Rect) -> Option<Position> {
    let inner = pen.dialog(area, WIDEST.min(area.width), area.height, "Commands");
    let told = format!("{} of {}", p.found.len(), p.items.len());
    let (cursor, list) = search(pen, inner, &p.field, &told);
    let detail = Rect { y: list.bottom() - 1, height: 1, ..list };
    let list = Rect { height: list.height.saturating_sub(1), ..list };
    if let Some(item) = p.found.get(p.at).map(|i| &p.items[*i]) {
        let entry = item.command.entry();
        let place = match (item.works, entry.at) {
            (true, _) | (false, "") => String::new(),
            (false, at) => format!(" {} works only here: {at}", pen.look.glyphs.dot),
        };
        let style = pen.style(Part::Hint);
        pen.text(detail.x, detail.y, detail.width, &format!("{}{place}", entry.id), style);
    }
    let first = first_shown(p.at, list.height);
    for (y, (i, found)) in (list.y..list.bottom()).zip(p.found.iter().enumerate().skip(first)) {
        let item = &p.items[*found];
        let entry = item.command.entry();
        let here = i == p.at;
        let style =
            row_style(pen, list, y, i, here, if item.works { Part::Text } else { Part::Dim });
        let key = if here || !item.works { style } else { pen.style(Part::Key) };
        pen.text(list.x, y, 8, &item.keys, key);
        let writes = if entry.writes_to_psa { "PSA" } else { "" };
        pen.text(list.x + 9, y, 22, entry.title, style);
        pen.text(list.x + 32, y, 3, writes, style);
        let dim = if here { style } else { pen.style(Part::Dim) };
        pen.text(list.x + 36, y, list.width.saturating_sub(36), entry.help, dim);
    }
    Some(cursor)
}

/// The help.
pub(super) fn help(h: &Help, pen: &mut Pen, area: Rect) -> Option<Position> {
    let title = format!("Keys in {}", h.place);
    let inner = pen.dialog(area, WIDEST.min(area.width), area.height, &title);
    let (cursor, list) = search(pen, inner, &h.field, "Enter runs");
    // Headings stand among the rows.
    let mut lines: Vec<Result<usize, &'static str>> = Vec::new();
    let mut group = None;
    for (n, i) in h.found.iter().enumerate() {
        if group != Some(h.items[*i].group) {
            group = Some(h.items[*i].group);
            lines.push(Err(h.items[*i].group.title()));
        }
        lines.push(Ok(n));
    }
    let at = lines.iter().position(|l| *l == Ok(h.at)).unwrap_or(0);
    let first = first_shown(at, list.height);
    for (y, line) in (list.y..list.bottom()).zip(lines.iter().skip(first)) {
        match line {
            Err(title) => {
                let style = pen.style(Part::Title);
                pen.text(list.x, y, list.width, title, style);
            }
            Ok(n) => {
                let item = &h.items[h.found[*n]];
                let here = *n == h.at;
                let style = row_style(pen, list, y, *n, here, Part::Text);
                let key = if here { style } else { pen.style(Part::Key) };
                pen.text(list.x + 1, y, 14, &item.keys, key);
                pen.text(
                    list.x + 16,
                    y,
                    list.width.saturating_sub(16),
                    item.command.entry().help,
                    style,
                );
            }
        }
    }
    Some(cursor)
}
