//! The byte budget of a slow link (ux-and-crates 1.2), held: what one frame may cost at 80x24 in
//! the default theme.

use std::io;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::lean::LeanBackend;
use super::screen::Screen;
use super::writer::FrameWriter;
use crate::sync::RunEvent;
use crate::tui::model::message::Message;
use crate::tui::model::sample::{line, on, press};
use crate::tui::model::update::update;
use crate::tui::model::{Model, Tab, sample};
use crate::tui::view::theme::{Depth, SHIPPED, Theme};
use crate::tui::view::{Look, glyphs};
use crate::worker::job::{Event, JobId};

const FIRST_PAINT: usize = 5_000;
const CURSOR_MOVE: usize = 300;
const PAGE: usize = 3_500;
const PROGRESS_TICK: usize = 120;

type Bytes = FrameWriter<Vec<u8>>;

/// The real backend, on a terminal of 80x24 that is not there.
struct Wire(LeanBackend<Bytes>);

impl Backend for Wire {
    type Error = io::Error;
    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> io::Result<()> {
        self.0.draw(content)
    }
    fn hide_cursor(&mut self) -> io::Result<()> {
        self.0.hide_cursor()
    }
    fn show_cursor(&mut self) -> io::Result<()> {
        self.0.show_cursor()
    }
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::default())
    }
    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.0.set_cursor_position(position)
    }
    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }
    fn clear_region(&mut self, clear: ClearType) -> io::Result<()> {
        self.0.clear_region(clear)
    }
    fn size(&self) -> io::Result<Size> {
        Ok(Size { width: 80, height: 24 })
    }
    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A screen whose frames are weighed.
struct Scales {
    screen: Screen<Wire>,
    bytes: Bytes,
}

impl Scales {
    fn new() -> Self {
        let bytes = Bytes::new(Vec::new());
        let look = Look::new(Theme::read(SHIPPED[0], Depth::Sixteen).unwrap(), glyphs::PLAIN);
        let backend = Wire(LeanBackend::new(bytes.clone()));
        Self { screen: Screen::new(backend, bytes.clone(), look).unwrap(), bytes }
    }

    /// Bytes of the frame that shows the model as it is now.
    fn weigh(&mut self, model: &Model) -> usize {
        self.bytes.with(Vec::clear);
        self.screen.draw(model).unwrap();
        self.bytes.with(|b| b.len())
    }
}

/// The Invoices tab with rows of every status and several scripts.
fn invoices() -> Model {
    let mut model = on(Tab::Invoices, 80, 24);
    sample::fill(
        &mut model,
        crate::tui::model::grid::GridId::Invoices,
        (0..400).map(line).collect(),
    );
    model
}

#[test]
fn the_first_paint_of_every_tab() {
    for tab in Tab::ALL {
        let bytes = Scales::new().weigh(&on(tab, 80, 24));
        assert!(bytes <= FIRST_PAINT, "{tab:?}: {bytes} B");
        assert!(bytes > 500, "{tab:?}: {bytes} B is no page");
    }
}

#[test]
fn a_cursor_that_moves_inside_the_window() {
    let (mut model, mut scales) = (invoices(), Scales::new());
    scales.weigh(&model);
    for key in ["j"; 15].into_iter().chain(["k"; 15]).chain(["l", "h"]) {
        press(&mut model, key);
        let bytes = scales.weigh(&model);
        assert!((1..=CURSOR_MOVE).contains(&bytes), "{key}: {bytes} B");
    }
}

#[test]
fn a_page_and_a_jump() {
    let (mut model, mut scales) = (invoices(), Scales::new());
    scales.weigh(&model);
    for key in ["PgDn", "PgDn", "Ctrl-D", "PgUp"] {
        press(&mut model, key);
        let bytes = scales.weigh(&model);
        assert!((500..=PAGE).contains(&bytes), "{key}: {bytes} B");
    }
}

#[test]
fn a_held_key_costs_less_than_a_page_for_every_line() {
    let (mut model, mut scales) = (invoices(), Scales::new());
    scales.weigh(&model);
    let bytes: usize = (0..48)
        .map(|_| {
            press(&mut model, "j");
            scales.weigh(&model)
        })
        .sum();
    // The window jumps by half a page: 48 rows are about five jumps and 43 moves.
    assert!(bytes <= 5 * PAGE + 43 * CURSOR_MOVE, "{bytes} B");
}

#[test]
fn a_tick_of_progress_on_every_tab() {
    for tab in [Tab::Invoices, Tab::Dashboard, Tab::Organizations, Tab::Logs] {
        let (mut model, mut scales) = (on(tab, 80, 24), Scales::new());
        let id = JobId(1);
        let ticket = model.begin_job("Sync to PSA", true);
        update(&mut model, Message::Submitted { ticket, job: id });
        let tick = |model: &mut Model, done: u64| {
            let event = RunEvent::Progress { done, failed: 0, total: 2_000 };
            update(model, Message::Worker(Event::Run { job: id, event }));
        };
        tick(&mut model, 990);
        scales.weigh(&model);
        for n in 1..60 {
            model.now += jiff::SignedDuration::from_millis(125);
            tick(&mut model, 990 + n * 9);
            let bytes = scales.weigh(&model);
            assert!((1..=PROGRESS_TICK).contains(&bytes), "{tab:?}: {bytes} B");
        }
    }
}

#[test]
fn a_letter_of_a_filter() {
    let (mut model, mut scales) = (invoices(), Scales::new());
    press(&mut model, "/");
    scales.weigh(&model);
    for letter in ["c", "o", "n", "t"] {
        press(&mut model, letter);
        let bytes = scales.weigh(&model);
        assert!((1..=CURSOR_MOVE).contains(&bytes), "{letter}: {bytes} B");
    }
}
