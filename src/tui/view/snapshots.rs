//! Every page, dialog, empty and error state as text, at 80x24 and 160x50.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::theme::{Depth, SHIPPED, Theme};
use super::{Look, draw, glyphs};
use crate::tui::model::message::Message;
use crate::tui::model::sample::{counting, fresh, on, ready};
use crate::tui::model::{Model, Tab};

/// The screen as text.
pub(crate) fn screen(model: &Model) -> String {
    styled(model, Depth::Sixteen, glyphs::PLAIN)
}

/// The cells of a look.
pub(super) fn cells(model: &Model, theme: &str, depth: Depth, glyphs: glyphs::Glyphs) -> Buffer {
    let look = Look::new(Theme::read(theme, depth).unwrap(), glyphs);
    let mut terminal = Terminal::new(TestBackend::new(model.width, model.height)).unwrap();
    terminal.draw(|frame| draw(model, &look, frame)).unwrap();
    terminal.backend().buffer().clone()
}

/// The same in another look.
pub(super) fn styled(model: &Model, depth: Depth, glyphs: glyphs::Glyphs) -> String {
    let buffer = cells(model, SHIPPED[0], depth, glyphs);
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            skip = super::pen::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

macro_rules! look {
    ($name:literal, $make:expr) => {{
        let make: fn(u16, u16) -> crate::tui::model::Model = $make;
        insta::assert_snapshot!(concat!($name, "_80x24"), screen(&make(80, 24)));
        insta::assert_snapshot!(concat!($name, "_160x50"), screen(&make(160, 50)));
    }};
}

pub(super) use look;

fn touring(at: u8, tab: Tab, width: u16, height: u16) -> Model {
    let mut model = on(tab, width, height);
    model.begin_tour();
    model.tour = Some(at);
    crate::tui::model::update::update(&mut model, Message::Resize(width, height));
    model
}

#[test]
fn tour() {
    look!("tour_dashboard", |w, h| touring(0, Tab::Dashboard, w, h));
    look!("tour_organizations", |w, h| touring(1, Tab::Organizations, w, h));
    look!("tour_elsewhere", |w, h| touring(2, Tab::Logs, w, h));
    insta::assert_snapshot!("tour_60x15", screen(&touring(1, Tab::Organizations, 60, 15)));
}

#[test]
fn pages() {
    look!("starting", fresh);
    look!("counting", counting);
    look!("dashboard", ready);
    look!("credentials", |w, h| on(Tab::Credentials, w, h));
    look!("configuration", |w, h| on(Tab::Configuration, w, h));
    look!("organizations", |w, h| on(Tab::Organizations, w, h));
    look!("products", |w, h| on(Tab::Products, w, h));
    look!("invoices", |w, h| on(Tab::Invoices, w, h));
    look!("sync", |w, h| on(Tab::Sync, w, h));
    look!("logs", |w, h| on(Tab::Logs, w, h));
}
