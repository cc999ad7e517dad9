//! The pages, one file a tab.

mod configuration;
mod credentials;
mod dashboard;
mod invoices;
mod logs;
mod organizations;
mod products;
mod sync;

use ratatui::layout::{Position, Rect};

use super::pen::{Pen, wrap};
use super::theme::Part;
use crate::tui::model::settings::Gate;
use crate::tui::model::{Model, Tab};

/// Draws the page in front; gives the place of the cursor.
pub(super) fn draw(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    match model.tab {
        Tab::Dashboard => dashboard::draw(model, pen, area),
        Tab::Credentials => credentials::draw(model, pen, area),
        Tab::Configuration => configuration::draw(model, pen, area),
        Tab::Organizations => organizations::draw(model, pen, area),
        Tab::Products => products::draw(model, pen, area),
        Tab::Invoices => invoices::draw(model, pen, area),
        Tab::Sync => sync::draw(model, pen, area),
        Tab::Logs => logs::draw(model, pen, area),
    }
}

/// Draws the banner of a page that waits for the setup, and where it leads.
pub(super) fn closed(gate: Gate, pen: &mut Pen, area: Rect) -> Option<Position> {
    let y = banner(gate, pen, area, area.y + 1) + 1;
    let text = format!("Enter goes to {}.", gate.leads_to().title());
    let style = pen.style(Part::Title);
    pen.text(area.x + 2, y, area.width, &text, style);
    Some(Position { x: area.x + 2, y })
}

/// Draws the banner from a line on; gives the line behind it.
fn banner(gate: Gate, pen: &mut Pen, area: Rect, y: u16) -> u16 {
    let style = pen.style(Part::Banner);
    let mut at = y;
    for line in wrap(gate.banner(), area.width.saturating_sub(4)) {
        if at >= area.bottom() {
            break;
        }
        pen.wash(area.x + 1, at, area.width.saturating_sub(2), style);
        pen.text(area.x + 2, at, area.width.saturating_sub(4), &line, style);
        at += 1;
    }
    at
}
