//! The two lines below the page: what goes on, and the keys that matter now.

use ratatui::layout::Rect;

use super::head::{money_text, thousands};
use super::pen::{Pen, width};
use super::theme::Part;
use crate::tui::commands::{Command, TABLE, contexts, works_now};
use crate::tui::keys::Contexts;
use crate::tui::model::grid::Tone;
use crate::tui::model::jobs::RunningJob;
use crate::tui::model::{Model, Tab};

/// What the hints depend on, and the hints.
#[derive(Debug, Default)]
pub(super) struct Hints {
    made_for: Option<(Contexts, Tab, bool)>,
    hints: Vec<(String, &'static str)>,
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

/// The word of the moment, else what runs, else what is marked.
fn status(model: &Model, pen: &mut Pen, y: u16, room: u16) {
    if let Some(toast) = &model.toast {
        let sign = match toast.tone {
            Tone::Bad => "! ",
            Tone::Warn => "? ",
            _ => "",
        };
        let style = pen.look.theme.tone(toast.tone);
        pen.text(0, y, room, &format!("{sign}{}", toast.text), style);
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
        pen.text(0, y, room, &format!("range of {}", thousands(count)), style);
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
    let made_for = Some((now, model.tab, model.closed(model.tab).is_some()));
    let mut kept = pen.look.hints.borrow_mut();
    if kept.made_for != made_for {
        *kept = Hints { made_for, hints: hints(model, now) };
    }
    let y = area.height - 1;
    let (key, plain) = (pen.style(Part::Key), pen.style(Part::Dim));
    let mut x = 0;
    for (keys, title) in &kept.hints {
        let needed = width(keys) + 1 + width(title);
        if x + needed > area.width {
            continue;
        }
        x = pen.text(x, y, area.width - x, keys, key);
        x = pen.text(x + 1, y, area.width.saturating_sub(x + 1), title, plain) + 2;
    }
}

/// The keys that matter here, most first.
fn hints(model: &Model, now: Contexts) -> Vec<(String, &'static str)> {
    let mut rows: Vec<(u8, String, &'static str)> = TABLE
        .iter()
        .filter(|e| e.rank > 0 && works_now(model, e.command))
        .filter(|e| e.command != Command::Back || !now.has(crate::tui::keys::Context::Plain))
        .filter_map(|e| {
            let keys = model.keymap.keys_of(e.command, now);
            Some((e.rank, keys.into_iter().next()?, e.title))
        })
        .collect();
    rows.sort_by_key(|(rank, _, _)| std::cmp::Reverse(*rank));
    rows.into_iter().map(|(_, keys, title)| (keys, title)).collect()
}

/// The box with what may follow a sequence that has begun.
pub(super) fn sequence(model: &Model, pen: &mut Pen, area: Rect) {
    let next = model.keymap.following(&model.pressed, contexts(model));
    let rows: Vec<(String, &str)> =
        next.iter().map(|(keys, c)| (keys.clone(), c.entry().title)).collect();
    let wide = rows.iter().map(|(k, t)| width(k) + 2 + width(t)).max().unwrap_or(0) + 4;
    let high = u16::try_from(rows.len()).unwrap_or(10) + 2;
    let (w, h) = (wide.min(area.width), high.min(area.height - 4));
    let corner = Rect { x: area.width - w, y: area.height - 2 - h, width: w, height: h };
    let inner = pen.dialog(corner, w, h, &crate::tui::keys::spell(&model.pressed));
    let (key, plain) = (pen.style(Part::Key), pen.style(Part::Text));
    for (y, (keys, title)) in (inner.y..inner.bottom()).zip(rows) {
        let x = pen.text(inner.x, y, inner.width, &keys, key);
        pen.text(x + 2, y, inner.right().saturating_sub(x + 2), title, plain);
    }
}
