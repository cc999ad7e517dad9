//! The Dashboard: tiles, counts and money by status, the equation, posted money by month, what to
//! do next.

use jiff::Timestamp;
use ratatui::layout::{Position, Rect};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::domain::plan::MoneyRow;
use crate::domain::status::{MappingStatus, PsaStatus};
use crate::tui::commands::{Command, contexts};
use crate::tui::model::Model;
use crate::tui::model::dashboard::DashboardData;
use crate::tui::model::message::Spot;
use crate::tui::model::record::{Money, clock_text};
use crate::tui::view::head::{equation_text, money_within, short, thousands};
use crate::tui::view::pen::{Pen, width};
use crate::tui::view::theme::Part;

/// Draws the page.
pub(super) fn draw(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    let plain = pen.style(Part::Text);
    let Some(data) = &model.dashboard.data else {
        let (text, part) = match &model.dashboard.problem {
            Some(p) => (format!("{} -> {}", p.message, p.remedy), Part::Bad),
            None => ("Reading...".to_owned(), Part::Dim),
        };
        let style = pen.style(part);
        pen.text(area.x + 2, area.y + 1, area.width - 2, &text, style);
        return None;
    };
    let mut y = tiles(model, data, pen, area);
    if data.counting {
        let style = pen.style(Part::Dim);
        pen.text(area.x, y + 1, area.width, "Counting the lines...", style);
        return None;
    }
    y = statuses(data, pen, area, y + 1);
    y = equation(model, &data.equation, pen, area, y);
    // What is left is shared: what to do next first, the chart where there is room.
    let next = model.dashboard.next();
    let wanted = u16::try_from(next.len()).unwrap_or(6) + 1;
    let left = area.bottom().saturating_sub(y);
    let wide = area.width >= 110;
    if wide {
        let x = half(area.width);
        chart(data, pen, Rect { x, y: y + 1, width: area.width - x, height: left.min(12) });
    } else if left >= wanted + 6 {
        let height = (left - wanted - 1).min(9);
        chart(data, pen, Rect { y: area.bottom() - height, height, ..area });
    }
    // Without room for the chart one line of it stays.
    let mut area = area;
    if !wide && left < wanted + 6 && left > 3 && !data.months.is_empty() {
        area.height -= 1;
        spark(data, pen, area);
    }
    let style = pen.style(Part::Title);
    if y < area.bottom() {
        let hidden = next.len().saturating_sub(usize::from(area.bottom() - y - 1));
        let more = if hidden > 0 { format!(" ({} in all)", next.len()) } else { String::new() };
        pen.text(area.x, y, area.width, &format!("What to do next{more}"), style);
    }
    let room = if wide { half(area.width) - 2 } else { area.width };
    let mut cursor = None;
    // Where there is little room the list moves with the cursor.
    let shown = usize::from(area.bottom().saturating_sub(y + 1)).max(1);
    let first = (model.dashboard.at + 1).saturating_sub(shown);
    for (at, (i, entry)) in (y + 1..area.bottom()).zip(next.iter().enumerate().skip(first)) {
        let here = i == model.dashboard.at;
        pen.spot(area.x, at, room, Spot::Row(i));
        let style = if here { pen.style(Part::Cursor) } else { plain };
        if here {
            pen.wash(area.x, at, room, style);
            cursor = Some(Position { x: area.x + 2, y: at });
        }
        let text = format!("{} > {}", entry.tab.title(), model.keyed(&entry.text));
        pen.text(area.x + 2, at, room - 2, &text, style);
    }
    cursor
}

/// Where the right half of a wide page begins.
fn half(width: u16) -> u16 {
    (width / 2).max(60)
}

/// The four tiles of domain.md 1.6.
fn tiles(model: &Model, data: &DashboardData, pen: &mut Pen, area: Rect) -> u16 {
    let at = |t: Option<Timestamp>| t.map_or("never".to_owned(), |t| clock_text(t, &model.zone));
    let tiles = [
        ("Last organizations sync", at(data.companies_at)),
        ("Last products load", at(data.products_at)),
        ("Last invoices load", at(data.load_at)),
        ("Last Sync to PSA", at(data.sync_at)),
    ];
    let width = area.width / 4;
    let (name, value) = (pen.style(Part::Dim), pen.style(Part::Title));
    for (i, (title, when)) in tiles.iter().enumerate() {
        let x = area.x + width * i as u16;
        let title =
            if width < 24 { title.replace("organizations", "org.") } else { (*title).into() };
        pen.text(x, area.y, width - 1, &title, name);
        pen.text(x, area.y + 1, width - 1, when, value);
    }
    area.y + 2
}

/// Lines and money by status, both statuses side by side.
fn statuses(data: &DashboardData, pen: &mut Pen, area: Rect, y: u16) -> u16 {
    let half = area.width / 2;
    let style = pen.style(Part::Title);
    pen.text(area.x, y, half, "Mapping Status", style);
    pen.text(area.x + half, y, half, "Status in PSA", style);
    let mapping = [MappingStatus::Mapped, MappingStatus::Unmapped, MappingStatus::ResponseError];
    let left = mapping.iter().zip(&data.mapping).map(|(s, v)| (s.as_str(), v));
    let right = PsaStatus::ALL.iter().zip(&data.psa).map(|(s, v)| (s.as_str(), v));
    let tone = |name: &str, n: u64| match name {
        "Error" | "Response Error" if n > 0 => Part::Bad,
        "Unmapped" | "Posting" if n > 0 => Part::Warn,
        "Mapped" | "Synced" if n > 0 => Part::Good,
        _ => Part::Text,
    };
    let mut row = |x: u16, y: u16, name: &str, (n, sums): &(u64, Money)| {
        let style = pen.style(tone(name, *n));
        pen.text(x, y, 14, name, style);
        let plain = pen.style(Part::Text);
        pen.right(x + 14, y, 9, &thousands(*n), plain);
        let room = half.saturating_sub(26);
        pen.text(x + 25, y, room, &money_within(sums, room), plain);
    };
    for (i, (name, value)) in left.enumerate() {
        row(area.x, y + 1 + i as u16, name, value);
    }
    for (i, (name, value)) in right.enumerate() {
        row(area.x + half, y + 1 + i as u16, name, value);
    }
    y + 6
}

/// The equation of design 6.10: one line a currency, green or saying what is missing.
fn equation(model: &Model, rows: &[MoneyRow], pen: &mut Pen, area: Rect, mut y: u16) -> u16 {
    // What does not hold is never among those that there is no room for.
    let mut rows: Vec<&MoneyRow> = rows.iter().collect();
    rows.sort_by_key(|row| row.holds());
    let shown = if area.height >= 30 { 8 } else { 2 };
    for row in rows.iter().take(shown) {
        let text = equation_text(row);
        let part = if row.holds() { Part::Good } else { Part::Bad };
        let style = pen.style(part);
        for line in crate::tui::view::pen::wrap(&text, area.width) {
            if y >= area.bottom() {
                return y;
            }
            pen.text(area.x, y, area.width, &line, style);
            y += 1;
        }
    }
    if let more @ 1.. = rows.len().saturating_sub(shown) {
        let style = pen.style(Part::Dim);
        let key = model.keymap.key_of(Command::Details, contexts(model));
        let all_hold = rows.iter().skip(shown).all(|r| r.holds());
        let holds = if all_hold { "it holds there too" } else { "it does NOT hold everywhere" };
        let text = format!("{more} more in other currencies, {holds}; {key} shows all figures");
        pen.text(area.x, y, area.width, &text, style);
        y += 1;
    }
    y + 1
}

/// Posted money by month in the line below the area: the newest months that fit.
fn spark(data: &DashboardData, pen: &mut Pen, area: Rect) {
    let Some(currency) = data.chart_currency else { return };
    let most = data.months.iter().map(|(_, m)| m.abs()).max().unwrap_or_default();
    let told: Vec<String> = data
        .months
        .iter()
        .map(|(month, amount)| {
            let share = amount.abs().checked_div(most).unwrap_or_default() * Decimal::from(7);
            let step = usize::from(share.round().to_u16().unwrap_or(0).min(7));
            let glyph = if amount.is_zero() { " " } else { pen.look.glyphs.steps[step] };
            format!("{month} {} {glyph}", short(*amount))
        })
        .collect();
    let label = format!("Posted by month, {currency}");
    let (title, plain) = (pen.style(Part::Title), pen.style(Part::Text));
    let x = pen.text(area.x, area.bottom(), area.width, &label, title) + 2;
    let room = area.width.saturating_sub(x);
    let mut first = 0;
    while first + 1 < told.len() && width(&told[first..].join("  ")) > room {
        first += 1;
    }
    pen.text(x, area.bottom(), room, &told[first..].join("  "), plain);
}

/// Posted money by month.
fn chart(data: &DashboardData, pen: &mut Pen, area: Rect) {
    let Some(currency) = data.chart_currency else { return };
    if area.height < 4 || data.months.is_empty() {
        return;
    }
    let style = pen.style(Part::Title);
    pen.text(area.x, area.y, area.width, &format!("Posted by month, {currency}"), style);
    let wide = 9u16;
    let count = usize::from(area.width / wide).min(data.months.len());
    let months = &data.months[data.months.len() - count..];
    let most = months.iter().map(|(_, m)| m.abs()).max().unwrap_or_default();
    let high = area.height - 3;
    let plain = pen.style(Part::Text);
    let dim = pen.style(Part::Dim);
    for (i, (month, amount)) in months.iter().enumerate() {
        let x = area.x + i as u16 * wide;
        let eighths = if most.is_zero() {
            0
        } else {
            let share = amount.abs() / most * Decimal::from(high * 8);
            share.round().to_u16().unwrap_or(0)
        };
        for row in 0..high {
            let filled = eighths.saturating_sub(row * 8).min(8);
            if filled > 0 {
                let glyph = pen.look.glyphs.steps[usize::from(filled) - 1].repeat(6);
                pen.text(x, area.y + high - row, 6, &glyph, plain);
            }
        }
        pen.text(x, area.bottom() - 2, wide - 1, &short(*amount), dim);
        pen.text(x, area.bottom() - 1, wide - 1, &month.to_string(), dim);
    }
}
