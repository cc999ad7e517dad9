//! The Sync tab: what it is about, the view's grid or the progress page.

use ratatui::layout::{Position, Rect};

use crate::domain::money;
use crate::tui::model::Model;
use crate::tui::model::sync::{SyncView, amounts};
use crate::tui::view::foot::progress_text;
use crate::tui::view::grid;
use crate::tui::view::head::{money_within, thousands};
use crate::tui::view::pen::{Pen, wrap};
use crate::tui::view::theme::Part;

/// Draws the page.
pub(super) fn draw(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    views(model, pen, area);
    summary(model, pen, area, area.y + 1);
    let head = model.sync_head();
    let body = Rect { y: area.y + head, height: area.height - head, ..area };
    match model.sync.view.grid() {
        Some(id) => grid::draw(model, id, pen, body),
        None => progress(model, pen, body),
    }
}

/// The views, the one in front marked.
fn views(model: &Model, pen: &mut Pen, area: Rect) {
    let mut x = area.x;
    for view in SyncView::ALL {
        let part = if view == model.sync.view { Part::TabActive } else { Part::Dim };
        let style = pen.style(part);
        x = pen.text(x, area.y, area.width.saturating_sub(x), view.title(), style) + 2;
    }
    let scope = &model.sync.scope_text;
    if !scope.is_empty() && x + 4 < area.width {
        let style = pen.style(Part::Hint);
        pen.right(x, area.y, area.width - x, scope, style);
    }
}

/// The plan in one line.
fn summary(model: &Model, pen: &mut Pen, area: Rect, y: u16) {
    let Some(plan) = &model.sync.plan else {
        let style = pen.style(Part::Dim);
        let text = match model.sync.view {
            SyncView::Companies | SyncView::Actions | SyncView::Refused => "no plan",
            _ => "",
        };
        pen.text(area.x, y, area.width, text, style);
        return;
    };
    let c = &plan.counts;
    // Noughts say nothing; what a plan is about always stands.
    let told: Vec<String> = [
        ("create", c.create, true),
        ("update", c.update, true),
        ("cancel", c.cancel, true),
        ("agreements", c.create_agreement, false),
        ("unchanged", c.unchanged, false),
        ("unmapped", c.skipped_unmapped, false),
        ("excluded", c.skipped_excluded, false),
        ("waiting", c.waiting, false),
        ("refused", c.failed, false),
    ]
    .into_iter()
    .filter(|(_, n, always)| *always || *n > 0)
    .map(|(what, n, _)| format!("{what} {}", thousands(n)))
    .collect();
    let style = pen.style(if c.failed > 0 { Part::Warn } else { Part::Text });
    let text = told.join("  ");
    let x = pen.text(area.x, y, area.width, &text, style) + 2;
    let (tail, part) = if model.sync.stale {
        ("changed since: p plans anew".to_owned(), Part::Warn)
    } else {
        (money_within(&amounts(plan), area.width.saturating_sub(x)), Part::Title)
    };
    let style = pen.style(part);
    pen.right(x, y, area.width.saturating_sub(x), &tail, style);
}

/// What runs, or how the last run ended; the problems as they come, with their remedy.
fn progress(model: &Model, pen: &mut Pen, area: Rect) -> Option<Position> {
    let mut y = area.y;
    let (plain, title) = (pen.style(Part::Text), pen.style(Part::Title));
    if let Some(job) = model.jobs.shown() {
        pen.text(area.x, y, area.width, &job.title, title);
        pen.gauge(area.x, y + 1, area.width.saturating_sub(6), job.percent().unwrap_or(0));
        let percent = job.percent().map_or_else(String::new, |p| format!("{p}%"));
        pen.right(area.width - 5, y + 1, 5, &percent, title);
        pen.text(area.x, y + 2, area.width, &progress_text(job, model), plain);
        let t = &model.jobs.traffic;
        let mut text = format!(
            "requests {} sent, {} in flight, {} retries, throttled {} times",
            thousands(t.sent),
            t.in_flight,
            t.retries,
            t.throttled
        );
        if t.paused_ms > 0 {
            text.push_str(&format!(", everybody waits {} s", t.paused_ms.div_ceil(1000)));
        }
        let style = pen.style(if t.throttled > 0 { Part::Warn } else { Part::Dim });
        pen.text(area.x, y + 3, area.width, &text, style);
        let hint = pen.style(Part::Hint);
        pen.text(area.x, y + 4, area.width, &job.note, hint);
        y += 6;
    } else if let Some(last) = &model.sync.last {
        let run = &last.report.run;
        let c = &run.counts;
        let text = format!(
            "Run {}: {} created, {} updated, {} cancelled, {} unchanged, {} failed",
            run.id.0, c.create, c.update, c.cancel, c.unchanged, c.failed
        );
        pen.text(area.x, y, area.width, &text, title);
        y += 1;
        for row in &run.money {
            let part = if row.holds() { Part::Good } else { Part::Bad };
            let style = pen.style(part);
            let text = format!(
                "{}: source {} = posted {} + excluded {} + unmapped {} + failed {} + open {} + \
                 revisions {}",
                row.currency,
                money::text(row.source),
                money::text(row.posted),
                money::text(row.excluded),
                money::text(row.unmapped),
                money::text(row.failed),
                money::text(row.open),
                money::text(row.revisions)
            );
            for line in wrap(&text, area.width) {
                pen.text(area.x, y, area.width, &line, style);
                y += 1;
            }
        }
        for left in &last.left {
            let style = pen.style(Part::Warn);
            let text =
                format!("left: {}: {} -> {}", left.what, left.problem.message, left.problem.remedy);
            pen.text(area.x, y, area.width, &text, style);
            y += 1;
        }
        y += 1;
    } else {
        pen.text(
            area.x + 2,
            y,
            area.width,
            "Nothing is running, and nothing ran since the start.",
            plain,
        );
        return Some(Position { x: area.x + 2, y });
    }
    problems(model, pen, area, y);
    Some(Position { x: area.x, y: area.y })
}

fn problems(model: &Model, pen: &mut Pen, area: Rect, mut y: u16) {
    let problems = &model.jobs.problems;
    if problems.is_empty() {
        return;
    }
    let (title, bad, hint) = (pen.style(Part::Title), pen.style(Part::Bad), pen.style(Part::Hint));
    pen.text(area.x, y, area.width, &format!("Problems: {}", problems.len()), title);
    y += 1;
    for p in problems.iter().rev().skip(model.sync.top) {
        if y + 1 >= area.bottom() {
            break;
        }
        pen.text(area.x, y, area.width, &format!("{}: {}", p.line, p.problem.message), bad);
        pen.text(area.x + 2, y + 1, area.width - 2, &format!("-> {}", p.problem.remedy), hint);
        y += 2;
    }
}
