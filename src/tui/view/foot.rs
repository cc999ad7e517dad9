//! The two lines below the page: what goes on, and the keys that matter now.

use ratatui::layout::Rect;

use super::head::{money_text, thousands};
use super::pen::{Pen, width, wrap};
use super::theme::Part;
use crate::domain::text::harmless;
use crate::tui::commands::{Command, TABLE, contexts, works_now};
use crate::tui::keys::Contexts;
use crate::tui::model::grid::Tone;
use crate::tui::model::jobs::RunningJob;
use crate::tui::model::message::Spot;
use crate::tui::model::{Model, Tab};

/// What the hints depend on, and the hints.
#[derive(Debug, Default)]
pub(super) struct Hints {
    made_for: Option<(Contexts, Tab, bool, bool)>,
    hints: Vec<(String, Command)>,
    help: Option<String>,
}

/// Draws both lines.
pub(super) fn draw(model: &Model, pen: &mut Pen, area: Rect) {
    let y = area.height - 2;
    let right = position(model);
    let room = area.width.saturating_sub(width(&right) + 1);
    status(model, pen, y, room);
    let style = pen.style(Part::Dim);
    pen.right(room, y, area.width - room, &right, style);
    keys(model, pen, area);
}

/// The word of the moment in as many lines as it needs, over whatever stands there: a remedy that
/// is cut off helps nobody.
pub(super) fn toast(model: &Model, pen: &mut Pen, area: Rect) {
    let Some(toast) = &model.toast else { return };
    let sign = match toast.tone {
        Tone::Bad => "! ",
        Tone::Warn => "? ",
        _ => "",
    };
    let text = harmless(&format!("{sign}{}", toast.text));
    let room = area.width.saturating_sub(width(&position(model)) + 1);
    let mut lines = wrap(&text, room);
    if lines.len() > 1 {
        lines = wrap(&text, area.width);
    }
    lines.truncate(usize::from(area.height / 2));
    let style = pen.look.theme.tone(toast.tone);
    let last = area.height - 2;
    let first = last + 1 - u16::try_from(lines.len()).unwrap_or(1);
    let clear = if lines.len() > 1 { area.width } else { room };
    for (y, line) in (first..=last).zip(&lines) {
        pen.clear(Rect { x: 0, y, width: clear, height: 1 });
        pen.text(0, y, area.width, line, style);
    }
}

/// What runs, else what is marked.
fn status(model: &Model, pen: &mut Pen, y: u16, room: u16) {
    if model.toast.is_some() {
        return;
    }
    if let Some(job) = model.jobs.shown() {
        running(job, model, pen, y, room);
        return;
    }
    let Some(grid) = model.front().map(|id| model.grid(id)) else { return };
    if let Some(from) = grid.range {
        let count = from.abs_diff(grid.at) + 1;
        let style = pen.style(Part::Marked);
        let mut text = format!("range of {}", thousands(count));
        if !grid.marks.is_empty() {
            text.push_str(&format!(", {} marked before", thousands(grid.marks.count())));
        }
        pen.text(0, y, room, &text, style);
    } else if !grid.marks.is_empty() {
        let text = format!(
            "{} marked  {}",
            thousands(grid.marks.count()),
            money_text(&grid.marks.money())
        );
        let style = pen.style(Part::Marked);
        pen.text(0, y, room, &text, style);
    }
}

/// A job in one line: gauge, counts, rate, time left.
fn running(job: &RunningJob, model: &Model, pen: &mut Pen, y: u16, room: u16) {
    let text = pen.style(Part::Text);
    let mut x = pen.text(0, y, room, &format!("{} ", job.title), text);
    if let Some(percent) = job.percent() {
        pen.gauge(x, y, 12, percent);
        x = pen.text(x + 12, y, room.saturating_sub(x + 12), &format!(" {percent}% "), text);
    }
    let told = progress_text(job, model);
    pen.text(x, y, room.saturating_sub(x), &told, text);
}

/// Counts, rate and time left of a job.
pub(super) fn progress_text(job: &RunningJob, model: &Model) -> String {
    let mut told = match (job.what, job.total) {
        ("", _) => "...".to_owned(),
        (what, Some(total)) => format!("{} of {} {what}", thousands(job.done), thousands(total)),
        (what, None) => format!("{} {what}", thousands(job.done)),
    };
    if job.failed > 0 {
        told.push_str(&format!(", {} failed", thousands(job.failed)));
    }
    if let Some(rate) = job.rate(model.now).filter(|r| *r > 0) {
        told.push_str(&format!(", {}/s", thousands(rate)));
    }
    if let Some(left) = job.left(model.now) {
        let s = left.as_secs();
        if s >= 60 {
            told.push_str(&format!(", {} min {:02} s left", s / 60, s % 60));
        } else {
            told.push_str(&format!(", {s} s left"));
        }
    }
    if job.paused {
        told.push_str(", held");
    }
    told
}

/// Where the cursor is in the grid.
fn position(model: &Model) -> String {
    match model.front().map(|id| model.grid(id)) {
        Some(grid) if grid.total > 0 => {
            format!("{}/{}", thousands(grid.at + 1), thousands(grid.total))
        }
        _ => String::new(),
    }
}

fn keys(model: &Model, pen: &mut Pen, area: Rect) {
    let now = contexts(model);
    let empty = model.front().is_some_and(|id| model.grid(id).total == 0);
    let made_for = Some((now, model.tab, model.closed(model.tab).is_some(), empty));
    let mut kept = pen.look.hints.borrow_mut();
    if kept.made_for != made_for {
        let help = works_now(model, Command::Help)
            .then(|| model.keymap.keys_of(Command::Help, now).into_iter().next())
            .flatten();
        *kept = Hints { made_for, hints: hints(model, now), help };
    }
    let y = area.height - 1;
    let (key, plain) = (pen.style(Part::Key), pen.style(Part::Dim));
    let mut x = 0;
    let mut end = area.width;
    // Help has a place of its own, always the same.
    if let Some(keys) = &kept.help {
        let title = Command::Help.entry().title;
        let needed = width(keys) + 1 + width(title);
        end = end.saturating_sub(needed + 2);
        let at = area.width.saturating_sub(needed);
        pen.spot(at, y, needed, Spot::Run(Command::Help));
        let at = pen.text(at, y, needed, keys, key);
        pen.text(at + 1, y, area.width.saturating_sub(at + 1), title, plain);
    }
    for (keys, command) in &kept.hints {
        let title = command.entry().title;
        let needed = width(keys) + 1 + width(title);
        if x + needed > end {
            continue;
        }
        pen.spot(x, y, needed, Spot::Run(*command));
        x = pen.text(x, y, area.width - x, keys, key);
        x = pen.text(x + 1, y, area.width.saturating_sub(x + 1), title, plain) + 2;
    }
}

/// The keys that matter here, most first.
fn hints(model: &Model, now: Contexts) -> Vec<(String, Command)> {
    let mut rows: Vec<(u8, String, Command)> = TABLE
        .iter()
        .filter(|e| e.rank > 0 && e.command != Command::Help && works_now(model, e.command))
        .filter(|e| e.command != Command::Back || !now.has(crate::tui::keys::Context::Plain))
        .filter_map(|e| {
            let keys = model.keymap.keys_of(e.command, now);
            Some((e.rank, keys.into_iter().next()?, e.command))
        })
        .collect();
    rows.sort_by_key(|(rank, _, _)| std::cmp::Reverse(*rank));
    rows.into_iter().map(|(_, keys, command)| (keys, command)).collect()
}

/// The box with what may follow a sequence that has begun.
pub(super) fn sequence(model: &Model, pen: &mut Pen, area: Rect) {
    let next = model.keymap.following(&model.pressed, contexts(model));
    let rows: Vec<(String, Command)> = next;
    let wide =
        rows.iter().map(|(k, c)| width(k) + 2 + width(c.entry().title)).max().unwrap_or(0) + 4;
    let high = u16::try_from(rows.len()).unwrap_or(10) + 2;
    let (w, h) = (wide.min(area.width), high.min(area.height - 4));
    let corner = Rect { x: area.width - w, y: area.height - 2 - h, width: w, height: h };
    let inner = pen.dialog(corner, w, h, &crate::tui::keys::spell(&model.pressed));
    let (key, plain) = (pen.style(Part::Key), pen.style(Part::Text));
    for (y, (keys, command)) in (inner.y..inner.bottom()).zip(rows) {
        pen.spot(inner.x, y, inner.width, Spot::Run(command));
        let title = command.entry().title;
        let x = pen.text(inner.x, y, inner.width, &keys, key);
        pen.text(x + 2, y, inner.right().saturating_sub(x + 2), title, plain);
    }
}
