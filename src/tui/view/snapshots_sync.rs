//! The Sync tab in all its states.

use super::snapshots::{look, screen};
use crate::connectwise::Traffic;
use crate::domain::journal::RunId;
use crate::domain::problem::{Problem, ProblemKind};
use crate::sync::RunEvent;
use crate::tui::model::grid::GridId;
use crate::tui::model::message::Message;
use crate::tui::model::sample::{at, fill, on, press};
use crate::tui::model::sample_posting::{
    end, finding, plan_rows, planned, proof, refused, run_rows, summary, take,
};
use crate::tui::model::update::update;
use crate::tui::model::{Model, Tab};
use crate::worker::job::{Event, JobError, JobId, Outcome};

fn actions(width: u16, height: u16) -> Model {
    let mut model = planned(width, height);
    press(&mut model, "v");
    fill(&mut model, GridId::Actions, plan_rows(GridId::Actions));
    model
}

fn refusals(width: u16, height: u16) -> Model {
    let mut model = planned(width, height);
    press(&mut model, "v v");
    fill(&mut model, GridId::Refused, plan_rows(GridId::Refused));
    model
}

fn running(width: u16, height: u16) -> Model {
    let mut model = planned(width, height);
    press(&mut model, "a y");
    take(&mut model, 2);
    let job = JobId(2);
    let tell = |model: &mut Model, event| {
        update(model, Message::Worker(Event::Run { job, event }));
    };
    tell(&mut model, RunEvent::Started { run: RunId(3), actions: 1200 });
    update(&mut model, Message::Clock(at("2026-11-02T09:00:10Z")));
    tell(&mut model, RunEvent::LineFailed(Box::new(refused("L-000007"))));
    tell(&mut model, RunEvent::Progress { done: 400, failed: 1, total: 1200 });
    let traffic = Traffic { sent: 412, in_flight: 4, retries: 3, throttled: 1, paused_ms: 1500 };
    update(&mut model, Message::Worker(Event::Traffic(traffic)));
    model
}

fn held(width: u16, height: u16) -> Model {
    let mut model = running(width, height);
    press(&mut model, "p");
    model
}

fn ended(width: u16, height: u16) -> Model {
    let mut model = running(width, height);
    end(&mut model, 2, Outcome::Synced(Box::new(summary(2))));
    model
}

fn stopped(width: u16, height: u16) -> Model {
    let mut model = running(width, height);
    let mut summary = summary(0);
    summary.report.stopped = Some(Problem::new(
        ProblemKind::PsaRefused,
        "keys-refused",
        "ConnectWise does not accept the keys any more",
        "make new keys for the API member and save them on the Credentials tab",
    ));
    end(&mut model, 2, Outcome::Synced(Box::new(summary)));
    model
}

fn broken(width: u16, height: u16) -> Model {
    let mut model = running(width, height);
    let problem = Problem::new(
        ProblemKind::Fault,
        "psa-unreachable",
        "the connection to na.myconnectwise.net broke before the answer came",
        "try again; if it stays, check network and proxy",
    );
    let result = Box::new(Err(JobError::Problem(problem)));
    update(&mut model, Message::Worker(Event::Ended { job: JobId(2), result }));
    model
}

fn runs(width: u16, height: u16) -> Model {
    let mut model = on(Tab::Sync, width, height);
    press(&mut model, "v");
    fill(&mut model, GridId::Runs, run_rows());
    model
}

fn proven(width: u16, height: u16) -> Model {
    let mut model = on(Tab::Sync, width, height);
    press(&mut model, "r");
    end(&mut model, 1, Outcome::Reconciled(Box::new(proof("3230.40", "3230.40", vec![]))));
    fill(&mut model, GridId::Findings, vec![]);
    model
}

fn drifted(width: u16, height: u16) -> Model {
    use crate::tui::model::record::{Record, Row, RowId};
    let mut model = on(Tab::Sync, width, height);
    press(&mut model, "r");
    let found = proof("3230.40", "3222.90", vec![finding()]);
    end(&mut model, 1, Outcome::Reconciled(Box::new(found)));
    let row = Row {
        id: RowId::Finding(finding().marker.as_str().into(), 0),
        record: Record::Finding("drifted", Box::new(finding())),
    };
    fill(&mut model, GridId::Findings, vec![row]);
    model
}

#[test]
fn plan() {
    look!("sync_plan", planned);
    look!("sync_actions", actions);
    look!("sync_refused", refusals);
    look!("sync_action_open", |w, h| {
        let mut model = actions(w, h);
        press(&mut model, "j Enter");
        model
    });
    look!("sync_confirm", |w, h| {
        let mut model = planned(w, h);
        press(&mut model, "a");
        model
    });
}

#[test]
fn progress() {
    look!("sync_running", running);
    look!("sync_held", held);
    look!("sync_ended", ended);
    look!("sync_broken", broken);
    look!("sync_stopped", stopped);
}

#[test]
fn afterwards() {
    look!("sync_runs", runs);
    look!("sync_proven", proven);
    look!("sync_drifted", drifted);
    look!("sync_undo", |w, h| {
        let mut model = runs(w, h);
        press(&mut model, "u");
        model
    });
}
