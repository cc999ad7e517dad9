//! The two lines above the page: tabs, and what the page shows.

use ratatui::layout::{Position, Rect};
use rust_decimal::Decimal;

use super::pen::{Pen, width};
use super::theme::Part;
use crate::domain::log::LogLevel;
use crate::domain::money;
use crate::domain::plan::MoneyRow;
use crate::tui::model::grid::{Grid, GridId};
use crate::tui::model::record::Money;
use crate::tui::model::{Model, Tab};

/// A whole number with its thousands apart.
pub(super) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Sums of money in one line.
pub(super) fn money_text(sums: &Money) -> String {
    let all: Vec<String> =
        sums.iter().map(|(c, amount)| format!("{} {c}", money::text(*amount))).collect();
    all.join("  ")
}

/// As many sums as there is room for, and how many more there are. Where not even one fits with the
/// count of the others, a plus says that there are others; an amount is shortened before it is cut.
pub(super) fn money_within(sums: &Money, room: u16) -> String {
    let all = money_text(sums);
    if width(&all) <= room {
        return all;
    }
    for keep in (1..sums.len()).rev() {
        let text = format!("{} +{}", money_text(&sums[..keep].to_vec()), sums.len() - keep);
        if width(&text) <= room {
            return text;
        }
    }
    let Some((currency, amount)) = sums.first() else { return all };
    let more = if sums.len() > 1 { "+" } else { "" };
    let whole = format!("{} {currency}{more}", money::text(*amount));
    if width(&whole) <= room {
        return whole;
    }
    format!("{} {currency}{more}", short(*amount))
}

/// An amount in few cells: 12.3k, 4.5M.
pub(super) fn short(amount: Decimal) -> String {
    let whole = amount.abs();
    let (by, unit) = match whole {
        w if w >= Decimal::from(10_000_000) => (1_000_000, "M"),
        w if w >= Decimal::from(10_000) => (1_000, "k"),
        _ => (1, ""),
    };
    format!(
        "{}{unit}",
        (amount / Decimal::from(by)).round_dp(if by == 1 { 0 } else { 1 }).normalize()
    )
}

/// The equation of one currency in one line: parts that are nothing are left out.
pub(super) fn equation_text(row: &MoneyRow) -> String {
    let parts = [
        ("posted", row.posted),
        ("excluded", row.excluded),
        ("unmapped", row.unmapped),
        ("failed", row.failed),
        ("open", row.open),
        ("revisions", row.revisions),
    ];
    let told: Vec<String> = parts
        .iter()
        .filter(|(_, amount)| !amount.is_zero())
        .map(|(name, amount)| format!("{} {name}", money::text(*amount)))
        .collect();
    let sum = if told.is_empty() { "0.00".to_owned() } else { told.join(" + ") };
    let sum = sum.replace("+ -", "- ");
    let text = format!("{} source {} = {sum}", row.currency, money::text(row.source));
    if row.holds() {
        return text;
    }
    let parts: Decimal = parts.iter().map(|(_, amount)| *amount).sum();
    format!("{text}  MISSING {}", money::text(row.source - parts))
}

/// Draws both lines.
pub(super) fn draw(model: &Model, pen: &mut Pen, area: Rect) {
    let mut x = 0;
    for tab in Tab::ALL {
        let label = model.tab_label(tab);
        let part = if tab == model.tab { Part::TabActive } else { Part::Tab };
        let style = pen.style(part);
        x = pen.text(x, 0, area.width.saturating_sub(x), &label, style) + 1;
    }
    let profile = if model.profile == "default" { "" } else { model.profile.as_str() };
    let room = area.width.saturating_sub(x);
    if !profile.is_empty() && room > 8 {
        let style = pen.style(Part::Dim);
        pen.right(x, 0, room, profile, style);
    }
    page_line(model, pen, area);
}

fn page_line(model: &Model, pen: &mut Pen, area: Rect) {
    let style = pen.style(Part::Title);
    if model.closed(model.tab).is_some() {
        pen.text(0, 1, area.width, model.tab.title(), style);
        return;
    }
    match model.front() {
        Some(id) => grid_line(model, model.grid(id), pen, area),
        None => {
            pen.text(0, 1, area.width, &title(model), style);
        }
    }
}

fn title(model: &Model) -> String {
    match model.tab {
        Tab::Sync => format!("Sync: {}", model.sync.view.title()),
        Tab::Credentials => "Credentials: how Addendum reaches ConnectWise".into(),
        Tab::Configuration => match &model.settings {
            Some(view) => format!("Configuration: {}", view.file),
            None => "Configuration".into(),
        },
        tab => tab.title().into(),
    }
}

fn place(model: &Model, id: GridId) -> String {
    match id {
        GridId::Invoices => match model.grid(id).period {
            Some(month) => format!("Invoices {month}"),
            None => "Invoices, all months".into(),
        },
        GridId::Logs => {
            let level = match model.log_level {
                Some(LogLevel::Error) => "errors",
                Some(_) => "warnings and errors",
                None => "all levels",
            };
            let follow = if model.follow { ", following" } else { "" };
            format!("Logs: {level}{follow}")
        }
        _ => title(model),
    }
}

/// What the grid shows: its place, how many rows, their money, the filter, the sort.
fn grid_line(model: &Model, grid: &Grid, pen: &mut Pen, area: Rect) {
    let bar = &grid.bar;
    let dot = format!(" {} ", pen.look.glyphs.dot);
    let (one, many) = grid.id.noun();
    let counts = if grid.total == 1 && grid.unfiltered == 1 {
        format!("1 {one}")
    } else if grid.total == grid.unfiltered {
        format!("{} {many}", thousands(grid.total))
    } else {
        format!("{} of {} {many}", thousands(grid.total), thousands(grid.unfiltered))
    };
    if bar.editing {
        let label = "Filter ";
        let style = pen.style(Part::Title);
        let x = pen.text(0, 1, area.width, label, style);
        let told = bar.problems.first().unwrap_or(&counts);
        let part = if bar.problems.is_empty() { Part::Dim } else { Part::Warn };
        let room = width(told).min(area.width / 2);
        let style = pen.style(part);
        pen.right(area.width - room, 1, room, told, style);
        pen.field(x, 1, area.width - room - x - 1, &bar.field);
        return;
    }
    let mut parts = vec![(place(model, grid.id), Part::Title)];
    if grid.loaded {
        let counts = if grid.partial { "counting...".to_owned() } else { counts };
        parts.push((dot.clone(), Part::Dim));
        parts.push((counts, Part::Text));
        let used: u16 = parts.iter().map(|(t, _)| width(t)).sum();
        let filter = if bar.field.is_empty() { 0 } else { width(bar.field.text()) + 4 };
        let room = area.width.saturating_sub(used + filter + 3);
        let sums = money_within(&grid.money, room);
        if !sums.is_empty() {
            parts.push((dot.clone(), Part::Dim));
            parts.push((sums, Part::Text));
        }
    }
    if !bar.field.is_empty() {
        parts.push((dot.clone(), Part::Dim));
        parts.push((format!("/{}", bar.field.text()), Part::Hint));
    }
    if let Some(problem) = bar.problems.first() {
        parts.push((format!(" {problem}"), Part::Warn));
    }
    let parts: Vec<(&str, Part)> = parts.iter().map(|(t, p)| (t.as_str(), *p)).collect();
    pen.parts(0, 1, area.width, &parts);
}

/// Where the cursor of a filter that is being typed is.
pub(super) fn filter_cursor(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    let grid = model.grid(model.front()?);
    if !grid.bar.editing {
        return None;
    }
    let x = width("Filter ");
    let told = grid.bar.problems.first().map_or(20, |p| width(p)).min(area.width / 2);
    let room = area.width - told - x - 1;
    Some(Position { x: pen.field(x, 1, room, &grid.bar.field), y: 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::model::sample::{eur, money as amount};

    #[test]
    fn money_is_shortened_before_it_is_cut() {
        let one = vec![(eur(), amount("1234567.89"))];
        assert_eq!(money_within(&one, 20), "1234567.89 EUR");
        assert_eq!(money_within(&one, 12), "1234.6k EUR");
        let two = vec![(eur(), amount("83.10")), ("USD".parse().unwrap(), amount("-9.00"))];
        assert_eq!(money_within(&two, 30), "83.10 EUR  -9.00 USD");
        assert_eq!(money_within(&two, 12), "83.10 EUR +1");
        assert_eq!(money_within(&two, 10), "83.10 EUR+");
        assert_eq!(money_within(&two, 8), "83 EUR+");
    }

    #[test]
    fn an_equation_that_does_not_hold_says_what_is_missing() {
        let row = MoneyRow {
            source: amount("10.00"),
            posted: amount("12.00"),
            excluded: amount("-3.00"),
            ..MoneyRow::zero(eur())
        };
        assert_eq!(
            equation_text(&row),
            "EUR source 10.00 = 12.00 posted - 3.00 excluded  MISSING 1.00"
        );
    }
}
