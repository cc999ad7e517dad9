//! The events of a month: which lines belong together, told as one.

use rust_decimal::Decimal;

use super::{Inner, died, refused};
use crate::domain::event::{fold, tell_with_money};
use crate::domain::line::Line;
use crate::domain::money;
use crate::domain::period::Period;
use crate::domain::problem::Problem;
use crate::tui::model::events::EventRow;
use crate::tui::model::message::Answer;

/// So many events are shown; a month with more is looked at with a plan.
const SHOWN: usize = 2_000;

impl Inner {
    /// Answers with the events of a month, or of all.
    pub(super) async fn events(&self, period: Option<Period>) {
        let events = self.found_events(period).await;
        self.answer(Answer::Events(events)).await;
    }

    async fn found_events(&self, period: Option<Period>) -> Result<Vec<EventRow>, Problem> {
        let periods: Vec<Period> = period.into_iter().collect();
        let lines = self.profile.store.event_lines(&periods).await.map_err(refused)?;
        // Hundreds of thousands of lines take a moment.
        tokio::task::spawn_blocking(move || rows(&lines)).await.map_err(died)
    }
}

fn rows(lines: &[Line]) -> Vec<EventRow> {
    let all: Vec<&Line> = lines.iter().collect();
    let mut rows: Vec<(Decimal, EventRow)> = fold(&all)
        .into_iter()
        .map(|at| {
            let of: Vec<&Line> = at.into_iter().map(|n| all[n]).collect();
            let net = of.iter().map(|l| l.total).fold(Decimal::ZERO, Decimal::saturating_add);
            (net.abs(), row(&of, net))
        })
        .collect();
    // Most money first; equal ones by name, so that the list stays as it is.
    rows.sort_by(|(a, x), (b, y)| {
        b.cmp(a).then_with(|| (&x.detail, &x.title).cmp(&(&y.detail, &y.title)))
    });
    rows.truncate(SHOWN);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn row(lines: &[&Line], net: Decimal) -> EventRow {
    let first = lines[0];
    let what = first.subscription_name.as_ref().unwrap_or(&first.offer_name);
    let each = lines.iter().map(|l| {
        let end = l.charge_end.map_or_else(|| "open".into(), |d| d.to_string());
        let told = format!(
            "{} {}, {} x {}, {}, {} to {end}, {}",
            money::text(l.total),
            l.currency,
            l.quantity.normalize(),
            l.offer_name,
            l.charge_type,
            l.charge_start,
            l.psa_status
        );
        (l.key.to_string(), told)
    });
    EventRow {
        title: format!("{} {}", tell_with_money(lines, net), first.currency),
        detail: format!("{}: {what}", first.organization_name),
        lines: each.collect(),
    }
}
