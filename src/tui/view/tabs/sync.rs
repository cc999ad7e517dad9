//! The Sync tab: what it is about, the view's grid or the progress page.

use ratatui::layout::{Position, Rect};

use crate::domain::money;
use crate::tui::model::Model;
use crate::tui::model::message::Spot;
use crate::tui::model::sync::{SyncView, amounts};
use crate::tui::view::foot::progress_text;
use crate::tui::view::grid;
use crate::tui::view::head::{equation_text, money_within, thousands};
use crate::tui::view::pen::{Pen, width, wrap};
use crate::tui::view::theme::Part;
use crate::worker::job::ReconcileSummary;

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
    for view in model.sync_views() {
        let part = if view == model.sync.view { Part::TabActive } else { Part::Dim };
        let style = pen.style(part);
        pen.spot(x, area.y, width(view.title()), Spot::View(view));
        x = pen.text(x, area.y, area.width.saturating_sub(x), view.title(), style) + 2;
    }
    let scope = model.scope_told();
    if !scope.is_empty() && x + 4 < area.width {
        let style = pen.style(Part::Hint);
        pen.right(x, area.y, area.width - x, &scope, style);
    }
}

/// The plan in one line.
fn summary(model: &Model, pen: &mut Pen, area: Rect, y: u16) {
    if model.sync.view == SyncView::Findings {
        if let Some(proof) = &model.sync.proof {
            let part = if proof.is_proven() { Part::Good } else { Part::Bad };
            let style = pen.style(part);
            pen.text(area.x, y, area.width, &proof_text(proof), style);
        }
        return;
    }
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
    // Noughts say nothing; what a plan is about always stands where there is room. What needs a
    // person comes before what does not.
    let wide = area.width >= 100;
    let told: Vec<String> = [
        ("create", c.create, true),
        ("update", c.update, wide),
        ("cancel", c.cancel, wide),
        ("agreements", c.create_agreement, false),
        ("refused", c.failed, false),
        ("warned", plan.warnings.len() as u64, false),
        ("unmapped", c.skipped_unmapped, false),
        ("excluded", c.skipped_excluded, false),
        ("waiting", c.waiting, false),
        ("unchanged", c.unchanged, false),
    ]
    .into_iter()
    .filter(|(_, n, always)| *always || *n > 0)
    .map(|(what, n, _)| format!("{what} {}", thousands(n)))
    .collect();
    let style =
        pen.style(if c.failed > 0 || !plan.warnings.is_empty() { Part::Warn } else { Part::Text });
    let text = told.join("  ");
    let x = pen.text(area.x, y, area.width, &text, style) + 2;
    let (tail, part) = if model.sync.stale {
        (model.keyed("changed since: {sync.plan} plans anew"), Part::Warn)
    } else {
        (money_within(&amounts(plan), area.width.saturating_sub(x)), Part::Title)
    };
    let style = pen.style(part);
    pen.right(x, y, area.width.saturating_sub(x), &tail, style);
}

/// What was posted and what the PSA returned, and whether the equation holds; what differs first.
fn proof_text(proof: &ReconcileSummary) -> String {
    let mut rows: Vec<&crate::sync::ProvenRow> = proof.findings.proven.iter().collect();
    rows.sort_by_key(|p| p.sold == p.psa);
    let mut told: Vec<String> = rows
        .iter()
        .map(|p| {
            let (posted, psa) = (money::text(p.posted), money::text(p.psa));
            let sign = if p.sold == p.psa { "=" } else { "but" };
            if p.sold == p.posted {
                return format!("{} posted {posted} {sign} {psa} in the PSA", p.currency);
            }
            let sold = money::text(p.sold);
            format!("{} posted {posted}, sold for {sold} {sign} {psa} in the PSA", p.currency)
        })
        .collect();
    let holds = proof.equation.iter().all(|r| r.money.holds());
    let equation = if holds { "the equation holds" } else { "THE EQUATION DOES NOT HOLD" };
    let same = proof.findings.proven.iter().all(|p| p.posted == p.psa);
    if same && told.len() > 1 {
        let currencies: Vec<String> = rows.iter().map(|p| p.currency.to_string()).collect();
        told = vec![format!("{}: posted = in the PSA, to the cent", currencies.join(" "))];
    }
    told.insert(if holds { told.len() } else { 0 }, equation.to_owned());
    told.join("; ")
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
            "requests: {} sent, {} in flight, {} retries, throttled {}x",
            thousands(t.sent),
            t.in_flight,
            t.retries,
            t.throttled
        );
        if t.paused_ms > 0 {
            text.push_str(&format!(", all wait {} s", t.paused_ms.div_ceil(1000)));
        }
        let style = pen.style(if t.throttled > 0 { Part::Warn } else { Part::Dim });
        pen.text(area.x, y + 3, area.width, &text, style);
        let hint = pen.style(Part::Hint);
        pen.text(area.x, y + 4, area.width, &job.note, hint);
        y += 6;
    } else if let Some((name, problem)) = &model.sync.broken {
        pen.text(area.x, y, area.width, name, title);
        y = told(pen, area, y + 1, &format!("Stopped: {}", problem.message), Part::Bad);
        y = told(pen, area, y, &format!("-> {}", problem.remedy), Part::Hint);
        let next = "What was posted stays posted, and nothing is posted twice.";
        y = told(pen, area, y, next, Part::Text) + 1;
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
            let text = equation_text(row);
            for line in wrap(&text, area.width) {
                pen.text(area.x, y, area.width, &line, style);
                y += 1;
            }
        }
        if let Some(problem) = &last.report.stopped {
            y = told(pen, area, y, &format!("Stopped: {}", problem.message), Part::Bad);
            y = told(pen, area, y, &format!("-> {}", problem.remedy), Part::Hint);
        }
        for left in &last.left {
            let text = format!("Left as it is: {}: {}", left.what, left.problem.message);
            y = told(pen, area, y, &text, Part::Warn);
            if let Some(c) = &left.credit {
                let amount = crate::domain::money::text(c.amount);
                let how = if c.posted { "is posted" } else { "would put it right" };
                let text = format!("A credit of {amount} {} from {} {how}", c.currency, c.from);
                y = told(pen, area, y, &text, if c.posted { Part::Good } else { Part::Hint });
            }
            if !left.is_credited() {
                y = told(pen, area, y, &format!("-> {}", left.problem.remedy), Part::Hint);
            }
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
    let style = pen.style(Part::Title);
    pen.text(area.x, y, area.width, &format!("Problems: {}", problems.len()), style);
    y += 1;
    for (p, others) in model.jobs.causes().into_iter().skip(model.sync.top) {
        if y + 1 >= area.bottom() {
            break;
        }
        let more = if others > 0 { format!(" and {others} more") } else { String::new() };
        y = told(pen, area, y, &format!("{}{more}: {}", p.line, p.problem.message), Part::Bad);
        y = told(pen, area, y, &format!("-> {}", p.problem.remedy), Part::Hint);
    }
}

/// A text in as many lines as it takes; gives the line behind it.
fn told(pen: &mut Pen, area: Rect, mut y: u16, text: &str, part: Part) -> u16 {
    let style = pen.style(part);
    for (i, line) in wrap(text, area.width.saturating_sub(3)).iter().enumerate() {
        if y >= area.bottom() {
            break;
        }
        let indent = if i == 0 { 0 } else { 3 };
        pen.text(area.x + indent, y, area.width - indent, line, style);
        y += 1;
    }
    y
}
