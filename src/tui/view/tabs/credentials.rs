//! The Credentials tab: the form, what the test said, the permissions as a table.

use ratatui::layout::{Position, Rect};

use super::banner;
use crate::connectwise::CheckState;
use crate::tui::model::Model;
use crate::tui::model::credentials::{FIELDS, place_word};
use crate::tui::model::message::Spot;
use crate::tui::view::pen::{Pen, wrap};
use crate::tui::view::theme::Part;

/// Where the fields begin.
const LABELS: u16 = 15;

/// Draws the page.
pub(super) fn draw(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    let form = &model.credentials;
    let mut y = area.y;
    // Also what comes after the keys is said here: whoever has just saved them looks here.
    if let Some(gate) = model.gate().filter(|_| area.height > 14) {
        y = banner(gate, pen, area, y);
    }
    let mut cursor = None;
    let (plain, dim) = (pen.style(Part::Text), pen.style(Part::Dim));
    for (i, ((title, help), field)) in FIELDS.iter().zip(&form.fields).enumerate() {
        let here = i == form.at;
        pen.spot(area.x, y, area.width, Spot::Row(i));
        let label = if here { pen.style(Part::Title) } else { plain };
        let sign = if here { ">" } else { " " };
        pen.text(area.x, y, LABELS, &format!("{sign}{title}"), label);
        let x = area.x + LABELS;
        let room = area.width.saturating_sub(LABELS + 1).min(66);
        let kept = model.settings.as_ref().and_then(|v| match i {
            3 => v.public,
            4 => v.private,
            5 => v.source,
            _ => None,
        });
        if here && form.editing {
            let at = pen.field(x, y, room, field);
            cursor = Some(Position { x: at, y });
        } else {
            let shown = match kept {
                Some(place) if field.is_empty() => {
                    format!("(kept in {}; Enter types a new one)", place_word(place))
                }
                _ if field.is_secret() => pen.look.glyphs.hidden.repeat(field.text().len().min(24)),
                _ => field.text().to_owned(),
            };
            let part = if field.is_empty() { Part::Dim } else { Part::Input };
            let style = pen.style(part);
            let shown = if shown.is_empty() { "(empty)".to_owned() } else { shown };
            pen.text(x, y, room, &shown, style);
            if here {
                cursor = Some(Position { x, y });
            }
        }
        y += 1;
        if here && y < area.bottom() {
            pen.text(x, y, area.width - LABELS, help, dim);
            y += 1;
        }
    }
    y = verdict(model, pen, area, y + 1);
    checks(model, pen, Rect { y, height: area.bottom().saturating_sub(y), ..area }).or(cursor)
}

/// What the connection test said.
fn verdict(model: &Model, pen: &mut Pen, area: Rect, mut y: u16) -> u16 {
    let form = &model.credentials;
    let (text, part) = match &form.tested {
        _ if form.testing => ("Testing the connection...".to_owned(), Part::Dim),
        None => match model.settings.as_ref().and_then(|v| v.vault.as_ref()) {
            Some(problem) => (format!("{} -> {}", problem.message, problem.remedy), Part::Warn),
            None => {
                let text = "{credentials.how} says how to obtain the keys; {credentials.test} \
                            tries what stands here, {form.save} keeps it.";
                (model.keyed(text), Part::Dim)
            }
        },
        Some(Ok(info)) => {
            let zone = info.time_zone.as_deref().map(|z| format!(", {z}")).unwrap_or_default();
            (format!("Connected to {}: {}{zone}", info.base, info.version), Part::Good)
        }
        Some(Err(p)) => (format!("Not connected: {} -> {}", p.message, p.remedy), Part::Bad),
    };
    let style = pen.style(part);
    for line in wrap(&text, area.width - 2).into_iter().take(4) {
        if y >= area.bottom() {
            break;
        }
        pen.text(area.x + 1, y, area.width - 1, &line, style);
        y += 1;
    }
    y + 1
}

/// The permissions.
fn checks(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    let checks = model.credentials.checks.as_ref()?;
    if area.height < 3 {
        return None;
    }
    let at = model.credentials.at.checked_sub(FIELDS.len());
    let rows = usize::from(area.height - 1);
    let first = at.map_or(0, |at| (at + 1).saturating_sub(rows));
    let mut cursor = None;
    let header = pen.style(Part::Header);
    pen.wash(area.x, area.y, area.width, header);
    let widths: [u16; 5] = if area.width >= 120 {
        [18, 24, 14, 22, area.width - 82]
    } else {
        [13, 17, 12, 12, area.width.saturating_sub(58)]
    };
    let mut x = area.x;
    for (title, w) in
        ["Module", "Permission", "Level", "Found", "Needed for / remedy"].iter().zip(widths)
    {
        pen.text(x, area.y, w, title, header);
        x += w + 1;
    }
    for (line, (i, check)) in (area.y + 1..area.bottom()).zip(checks.iter().enumerate().skip(first))
    {
        let here = at == Some(i);
        pen.spot(area.x, line, area.width, Spot::Row(FIELDS.len() + i));
        let chosen = pen.style(Part::Cursor);
        if here {
            pen.wash(area.x, line, area.width, chosen);
            cursor = Some(Position { x: area.x, y: line });
        }
        let (sign, part) = match check.state {
            CheckState::Ok => ("ok", Part::Good),
            CheckState::Missing => ("MISSING", Part::Bad),
            CheckState::Unproven => ("unproven", Part::Warn),
        };
        let last = match check.state {
            CheckState::Ok => &check.needed_for,
            _ if check.remedy.is_empty() => &check.needed_for,
            _ => &check.remedy,
        };
        let found = format!("{sign} {}", check.found);
        let texts = [&check.module, &check.permission, &check.level, &found, last];
        let mut x = area.x;
        for (i, (text, w)) in texts.iter().zip(widths).enumerate() {
            let style = pen.style(if i == 3 { part } else { Part::Text });
            pen.text(x, line, w, text, if here { chosen } else { style });
            x += w + 1;
        }
    }
    cursor
}
