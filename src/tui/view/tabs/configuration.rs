//! The Configuration tab: the settings in sections, and what the one under the cursor means.

use ratatui::layout::{Position, Rect};

use super::banner;
use crate::tui::model::Model;
use crate::tui::model::message::Spot;
use crate::tui::model::settings::Gate;
use crate::tui::view::pen::{Pen, wrap};
use crate::tui::view::theme::Part;

/// Lines for what the setting under the cursor means.
const HELP: u16 = 3;

/// What is said where an agreement type must be chosen: how many there are, once they are known.
fn invitation(model: &Model) -> String {
    match model.settings.as_ref().map_or(0, |v| v.agreement_types.len()) {
        0 if !model.jobs.running.is_empty() => "to be chosen, as soon as the list is here".into(),
        0 => "type its name, or fetch the list from ConnectWise with r".into(),
        n => format!("choose one of {n}"),
    }
}

/// Draws the page.
pub(super) fn draw(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    let page = &model.configuration;
    let mut top = area.y;
    if model.gate() == Some(Gate::AgreementType) {
        top = banner(Gate::AgreementType, pen, area, top);
    }
    let list = Rect { y: top, height: area.bottom().saturating_sub(top + HELP), ..area };
    if page.items.is_empty() {
        let style = pen.style(Part::Dim);
        pen.text(area.x + 2, top + 1, area.width, "Reading...", style);
        return None;
    }
    // Lines of the list: headings and settings.
    let mut lines: Vec<Option<usize>> = Vec::new();
    let mut section = "";
    for (i, item) in page.items.iter().enumerate() {
        if item.section != section {
            section = item.section;
            lines.push(None);
        }
        lines.push(Some(i));
    }
    let at = lines.iter().position(|l| *l == Some(page.at)).unwrap_or(0);
    let high = usize::from(list.height.max(1));
    let first = at.saturating_sub(high / 2).min(lines.len().saturating_sub(high));
    let mut cursor = None;
    for (y, line) in (list.y..list.bottom()).zip(&lines[first..]) {
        match line {
            None => {
                let section = lines[first + usize::from(y - list.y) + 1]
                    .map_or("", |i| page.items[i].section);
                let style = pen.style(Part::Title);
                pen.text(area.x, y, area.width, section, style);
            }
            Some(i) => {
                let item = &page.items[*i];
                let here = *i == page.at;
                pen.spot(area.x, y, area.width, Spot::Row(*i));
                let style = if here { pen.style(Part::Cursor) } else { pen.style(Part::Text) };
                if here {
                    pen.wash(area.x, y, area.width, style);
                    cursor = Some(Position { x: area.x + 30, y });
                }
                pen.text(area.x + 2, y, 27, &item.title, style);
                let missing = item.value.is_empty() && item.key == "billing.agreement_type";
                let value = match (item.value.as_str(), missing) {
                    ("", true) => &invitation(model),
                    ("", false) => "-",
                    (value, _) => value,
                };
                let style = if missing && !here { pen.style(Part::Warn) } else { style };
                pen.text(area.x + 30, y, area.width - 30, value, style);
            }
        }
    }
    if let Some(item) = page.items.get(page.at) {
        let (dim, hint) = (pen.style(Part::Dim), pen.style(Part::Hint));
        let y = area.bottom() - HELP;
        for (line, text) in (y..).zip(wrap(item.help, area.width - 2).iter().take(2)) {
            pen.text(area.x + 1, line, area.width - 1, text, hint);
        }
        let place = format!("{} {} {}", item.section, pen.look.glyphs.dot, item.key);
        pen.text(area.x + 1, area.bottom() - 1, area.width - 1, &place, dim);
    }
    cursor
}
