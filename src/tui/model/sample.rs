//! Rows and models to test with: a small month-end with names of several scripts.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::dashboard::DashboardData;
use super::grid::{GridId, Rows};
use super::message::{Answer, Message};
use super::record::*;
use super::settings::SettingsView;
use super::update::update;
use super::{Model, Start, Tab};
use crate::config::Settings;
use crate::connectwise::{CheckState, PermissionCheck};
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::{DateBadge, Line, LineDates, LineId};
use crate::domain::line_choice::OwnChoice;
use crate::domain::log::{LogEntry, LogLevel};
use crate::domain::mapping::{OfferMapping, OrganizationMapping};
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::plan::MoneyRow;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::status::{MappingStatus, PsaStatus};
use crate::tui::keys::{KeyMap, sequence};
use crate::vault::SecretPlace;

pub(crate) fn eur() -> Currency {
    "EUR".parse().unwrap()
}

pub(crate) fn money(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn month(text: &str) -> Period {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NAMES: [(&str, Option<&str>, &str); 7] = [
    ("Contoso Ltd", Some("Contoso Limited"), "1250.00"),
    ("Müller & Söhne GmbH", Some("Mueller und Soehne"), "980.40"),
    ("株式会社サンプル", None, "77000.10"),
    ("Fabrikam, Inc.", None, "412.00"),
    ("עברית בע\"מ", Some("Ivrit Ltd"), "15.00"),
    ("Evil\u{1b}[2J \u{202e}Corp", None, "-4.50"),
    ("=HYPERLINK(\"x\")", None, "0.01"),
];

pub(crate) fn organizations() -> Vec<Row> {
    NAMES
        .iter()
        .enumerate()
        .map(|(i, (name, company, amount))| {
            let mapping = OrganizationMapping {
                source: "platform".into(),
                id: format!("org-{i}").into(),
                name: (*name).into(),
                excluded: i == 3,
                companies: company.map(|_| i as i64 + 1).into_iter().collect(),
            };
            let companies: Vec<Named> = company
                .map(|c| Named { id: i as i64 + 1, name: c.into(), exists: i != 4 })
                .into_iter()
                .collect();
            let suggestion = company.is_none().then(|| Suggestion {
                id: 40 + i as i64,
                name: format!("Suggested {i}").into(),
                score: 90 - i as u8,
                reason: "the names have the same rare words".into(),
                sure: i == 3,
            });
            let status = if company.is_some() && i != 4 {
                MappingStatus::Mapped
            } else {
                MappingStatus::Unmapped
            };
            Row {
                id: RowId::Organization("platform".into(), mapping.id.clone()),
                record: Record::Organization(Box::new(OrganizationRow {
                    mapping,
                    companies,
                    status,
                    lines: 12 * (i as u64 + 1),
                    money: vec![(eur(), money(amount))],
                    suggestion,
                })),
            }
        })
        .collect()
}

pub(crate) fn offers() -> Vec<Row> {
    [("Microsoft 365 E3", Some("M365-E3")), ("Azure Plan", None), ("Backup 1 TB", Some("BKP-1"))]
        .iter()
        .enumerate()
        .map(|(i, (name, product))| {
            let mapping = OfferMapping {
                source: "platform".into(),
                id: format!("offer-{i}").into(),
                name: (*name).into(),
                part_number: (i == 0).then(|| "CFQ7TTC0LFLX".into()),
                product: product.map(|_| 900 + i as i64),
            };
            let product =
                product.map(|p| Named { id: 900 + i as i64, name: p.into(), exists: true });
            Row {
                id: RowId::Offer("platform".into(), mapping.id.clone()),
                record: Record::Offer(Box::new(OfferRow {
                    status: if product.is_some() {
                        MappingStatus::Mapped
                    } else {
                        MappingStatus::Unmapped
                    },
                    product,
                    lines: 40,
                    money: vec![(eur(), money("100.00"))],
                    suggestion: None,
                    mapping,
                })),
            }
        })
        .collect()
}

pub(crate) fn line(i: i64) -> Row {
    let org = (i % NAMES.len() as i64) as usize;
    let (name, company, _) = NAMES[org];
    let status = PsaStatus::ALL[(i % 4) as usize];
    let mapped = company.is_some();
    let line = Line {
        id: LineId(i),
        source: "platform".into(),
        key: format!("L-{i:06}").into(),
        period: month("2026-10"),
        invoice_number: format!("INV-{}", 100 + org).into(),
        invoice_date: day("2026-10-18"),
        invoice_status: InvoiceStatus::Verified,
        organization_id: format!("org-{org}").into(),
        organization_name: name.into(),
        contract_id: Some("contract-1".into()),
        subscription_id: Some(format!("sub-{i}").into()),
        subscription_name: Some("Microsoft 365 E3".into()),
        offer_id: "offer-0".into(),
        offer_name: "Microsoft 365 E3".into(),
        part_number: None,
        charge_type: ChargeType::ALL[(i % 7) as usize],
        billing_cycle: Some("Monthly".into()),
        charge_start: day("2026-10-01"),
        charge_end: Some(day("2026-10-31")),
        quantity: Decimal::from(i % 9 + 1),
        unit_price: Some(money("12.50")),
        unit_cost: Some(money("10.00")),
        total: money("12.50") * Decimal::from(i % 9 + 1),
        currency: eur(),
        side: None,
        dates: LineDates {
            end: Some(day("2026-10-31")),
            end_badge: if i % 3 == 0 { DateBadge::UserUpdated } else { DateBadge::SystemUpdated },
            ..LineDates::default()
        },
        choice: OwnChoice::default(),
        psa_status: status,
        posted: None,
        revision: None,
        error: (status == PsaStatus::Error).then(|| {
            Box::new(Problem::new(
                ProblemKind::PsaRefused,
                "no-contact",
                "the company has no contact",
                "add a contact to the company in ConnectWise",
            ))
        }),
    };
    Row {
        id: RowId::Line(line.id),
        record: Record::Line(Box::new(LineRow {
            company: company.map(|c| Named { id: 1, name: c.into(), exists: true }),
            product: Some(Named { id: 900, name: "M365-E3".into(), exists: true }),
            agreement: None,
            mapping: if mapped { MappingStatus::Mapped } else { MappingStatus::Unmapped },
            excluded: org == 3,
            sale: crate::domain::price::sale(&line, &Default::default(), None).ok(),
            line,
        })),
    }
}

pub(crate) fn logs() -> Vec<Row> {
    let entry = |id, level, title: &str, details: &str| Row {
        id: RowId::Log(id),
        record: Record::Log(Box::new(LogEntry {
            id,
            at: at("2026-11-02T08:15:00Z") - jiff::SignedDuration::from_mins(7 * (10 - id)),
            level,
            title: title.into(),
            details: details.into(),
            run: Some(3),
            line: None,
        })),
    };
    vec![
        entry(9, LogLevel::Error, "Line L-000003 failed", "no contact (no-contact)\nraw: {}"),
        entry(8, LogLevel::Warning, "12 lines skipped: unmapped", "3 organizations"),
        entry(7, LogLevel::Info, "Sync started", "run 3, 214 actions"),
    ]
}

pub(crate) fn dashboard() -> DashboardData {
    let row = MoneyRow {
        source: money("80652.01"),
        posted: money("2230.40"),
        excluded: money("412.00"),
        unmapped: money("76995.61"),
        failed: money("14.00"),
        open: money("1000.00"),
        ..MoneyRow::zero(eur())
    };
    let sums = |m: &str| vec![(eur(), money(m))];
    DashboardData {
        counting: false,
        companies_at: Some(at("2026-11-01T06:00:00Z")),
        products_at: Some(at("2026-11-01T06:01:00Z")),
        load_at: Some(at("2026-11-02T07:30:00Z")),
        sync_at: None,
        mapping: [(214, sums("3656.40")), (36, sums("76995.61")), (0, vec![])],
        psa: [(120, sums("1000.00")), (0, vec![]), (110, sums("2230.40")), (20, sums("14.00"))],
        equation: vec![row],
        months: vec![
            (month("2026-07"), money("900")),
            (month("2026-08"), money("12345.67")),
            (month("2026-09"), money("8000")),
            (month("2026-10"), money("2230.40")),
        ],
        chart_currency: Some(eur()),
        organizations: (7, 3, 1),
        offers: (3, 1),
        records: (120, 80, 95),
        ready: 120,
        failed: 20,
        revised: 2,
    }
}

pub(crate) fn settings(complete: bool) -> SettingsView {
    let mut settings = Settings::default();
    if complete {
        settings.connectwise.site = "na.myconnectwise.net".into();
        settings.connectwise.company_id = "acme".into();
        settings.connectwise.client_id = "00000000-0000-0000-0000-000000000000".into();
        settings.policy.agreement_type = Some("Managed Cloud".into());
        settings.source.location = Some("/home/ada/billing".into());
    }
    SettingsView {
        settings: Arc::new(settings),
        public: complete.then_some(SecretPlace::Keyring),
        private: complete.then_some(SecretPlace::Keyring),
        source: None,
        vault: None,
        agreement_types: vec!["Managed Cloud".into(), "Managed Services".into()],
        pulled: complete,
        file: "/home/ada/.config/addendum/config.toml".into(),
    }
}

/// Two permissions, one of them missing.
pub(crate) fn checks() -> Vec<PermissionCheck> {
    let check = |permission: &str, state| PermissionCheck {
        module: "Finance".into(),
        permission: permission.into(),
        level: "Add, Edit, Inquire All".into(),
        found: "none".into(),
        state,
        needed_for: "posting additions".into(),
        remedy: "System > Security Roles: give the role Finance > Agreements".into(),
    };
    vec![check("Agreements", CheckState::Missing), check("Agreement Types", CheckState::Ok)]
}

/// A model that knows nothing yet.
pub(crate) fn fresh(width: u16, height: u16) -> Model {
    let mut model = fresh_with(KeyMap::default());
    update(&mut model, Message::Resize(width, height));
    model
}

/// The same with this key map.
pub(crate) fn fresh_with(keymap: KeyMap) -> Model {
    Model::start(Start {
        profile: "default".into(),
        size: (80, 24),
        now: at("2026-11-02T09:00:00Z"),
        zone: TimeZone::UTC,
        this_month: month("2026-11"),
        keymap,
        theme_problems: vec![],
        mouse: false,
    })
    .0
}

/// A model whose lines are still being counted.
pub(crate) fn counting(width: u16, height: u16) -> Model {
    let mut model = fresh(width, height);
    tell(&mut model, Answer::Settings(Box::new(settings(true))));
    let generation = model.dashboard.generation;
    let known = DashboardData {
        counting: true,
        load_at: dashboard().load_at,
        organizations: dashboard().organizations,
        ..DashboardData::default()
    };
    tell(&mut model, Answer::Dashboard { generation, data: Ok(Box::new(known)) });
    model
}

/// A model with everything set up and its dashboard filled.
pub(crate) fn ready(width: u16, height: u16) -> Model {
    let mut model = fresh(width, height);
    tell(&mut model, Answer::Settings(Box::new(settings(true))));
    tell(&mut model, Answer::Periods(vec![month("2026-10"), month("2026-09")], month("2026-11")));
    let generation = model.dashboard.generation;
    tell(&mut model, Answer::Dashboard { generation, data: Ok(Box::new(dashboard())) });
    model
}

/// The same on another tab, its grid filled.
pub(crate) fn on(tab: Tab, width: u16, height: u16) -> Model {
    let mut model = ready(width, height);
    let effects = update(&mut model, Message::Run(tab.command()));
    drop(effects);
    match tab {
        Tab::Organizations => fill(&mut model, GridId::Organizations, organizations()),
        Tab::Products => fill(&mut model, GridId::Products, offers()),
        Tab::Invoices => fill(&mut model, GridId::Invoices, (0..200).map(line).collect()),
        Tab::Logs => fill(&mut model, GridId::Logs, logs()),
        _ => {}
    }
    model
}

/// Answers a grid's newest question from all of its rows.
pub(crate) fn fill(model: &mut Model, grid: GridId, all: Vec<Row>) {
    let query = model.grid_mut(grid).renew();
    let row = |i: usize| std::borrow::Cow::Borrowed(&all[i]);
    let order = super::grid::ordered(grid, all.len(), &row, &query.filter, &query.sort);
    let sums = super::grid::totals(all.len(), &row, Some(&order));
    let anchor = query
        .anchor
        .as_ref()
        .and_then(|id| order.iter().position(|i| all[*i as usize].id == *id).map(|at| at as u64));
    let start = match anchor {
        Some(at) if at < query.start || at >= query.start + query.count => {
            at.saturating_sub(query.count / 2)
        }
        _ => query.start.min(order.len() as u64),
    };
    let end = (start + query.count).min(order.len() as u64);
    let rows =
        order[start as usize..end as usize].iter().map(|i| all[*i as usize].clone()).collect();
    tell(
        model,
        Answer::Rows(Rows {
            grid,
            generation: query.generation,
            fetch: query.fetch,
            partial: false,
            total: order.len() as u64,
            unfiltered: all.len() as u64,
            money: sums,
            anchor,
            start,
            rows,
        }),
    );
}

/// Tells the model an answer; gives what it asks for.
pub(crate) fn tell(model: &mut Model, answer: Answer) -> Vec<super::effect::Effect> {
    update(model, Message::Answer(answer))
}

/// Presses keys, as `keymap.toml` writes them; gives everything that is asked for.
pub(crate) fn press(model: &mut Model, keys: &str) -> Vec<super::effect::Effect> {
    sequence(keys)
        .unwrap()
        .into_iter()
        .flat_map(|chord| update(model, Message::Key(chord)))
        .collect()
}

/// Types a text.
pub(crate) fn type_text(model: &mut Model, text: &str) -> Vec<super::effect::Effect> {
    text.chars()
        .flat_map(|c| update(model, Message::Key(crate::tui::keys::Chord::char(c))))
        .collect()
}
