//! Events, warnings and prices on the screen.

use super::snapshots::{look, screen};
use crate::domain::plan::PlanEvent;
use crate::tui::model::events::EventRow;
use crate::tui::model::grid::GridId;
use crate::tui::model::message::Answer;
use crate::tui::model::record::{Record, Row, RowId};
use crate::tui::model::sample::{fill, on, press, tell};
use crate::tui::model::sample_posting::{plan_rows, planned};
use crate::tui::model::{Model, Tab};

fn listed(width: u16, height: u16) -> Model {
    let mut model = on(Tab::Invoices, width, height);
    press(&mut model, "z");
    let lines = vec![
        (
            "L-000101".to_owned(),
            "-94.08 EUR, 10 x Microsoft 365 E3, Correction, 2026-10-20 to 2026-11-17, Not Synced"
                .to_owned(),
        ),
        (
            "L-000102".to_owned(),
            "112.89 EUR, 12 x Microsoft 365 E3, Correction, 2026-10-20 to 2026-11-17, Not Synced"
                .to_owned(),
        ),
    ];
    let event = |title: &str, detail: &str| EventRow {
        title: title.into(),
        detail: detail.into(),
        lines: lines.clone(),
    };
    tell(
        &mut model,
        Answer::Events(Ok(vec![
            event("10 to 12 seats on 20 Oct, +18.81 EUR", "Contoso Limited: Microsoft 365 E3"),
            event(
                "300 seats of Standard became 300 of Premium on 25 Oct, -840.00 EUR",
                "株式会社サンプル: Microsoft 365 Business Standard",
            ),
        ])),
    );
    model
}

fn folded(width: u16, height: u16) -> Model {
    let mut model = planned(width, height);
    press(&mut model, "v");
    let mut rows = plan_rows(GridId::Actions);
    let event = PlanEvent {
        text: "10 to 12 seats on 20 Oct, +18.81".into(),
        what: "Microsoft 365 E3".into(),
        company: "Contoso Limited".into(),
        lines: vec!["L-000101".into(), "L-000102".into()],
        actions: vec![4, 5],
        amount: rust_decimal::Decimal::new(1881, 2),
        currency: "EUR".parse().expect("a currency"),
    };
    rows.push(Row { id: RowId::Event(0), record: Record::Event(Box::new(event)) });
    fill(&mut model, GridId::Actions, rows);
    model
}

#[test]
fn events() {
    look!("events", listed);
    look!("events_open", |w, h| {
        let mut model = listed(w, h);
        press(&mut model, "Enter");
        model
    });
    look!("sync_folded", folded);
    look!("sync_folded_open", |w, h| {
        let mut model = folded(w, h);
        press(&mut model, "G Enter");
        model
    });
}
