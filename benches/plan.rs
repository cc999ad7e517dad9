//! Planning a month of invoice lines that nothing was posted of yet, which is the most work that a
//! plan can be: every line becomes an action. The input lies in memory, as the store hands it over.
//!
//! `cargo bench --bench plan` shows 10 k, 100 k and 1 M lines; the cost is linear when the lines
//! per second stay the same.

use addendum::domain::addition::OwnAddition;
use addendum::domain::billing_cycle::BillingCycle;
use addendum::domain::charge_type::ChargeType;
use addendum::domain::identity::Identities;
use addendum::domain::invoice_status::InvoiceStatus;
use addendum::domain::line::{CanonicalLine, Line, LineDates, LineId, Posted, Text};
use addendum::domain::line_choice::OwnChoice;
use addendum::domain::mapping::{OfferMapping, OrganizationMapping};
use addendum::domain::money::Currency;
use addendum::domain::period::Period;
use addendum::domain::plan::AgreementTarget;
use addendum::domain::plan_input::PlanInput;
use addendum::domain::policy::{AutoCancel, Policy, Scope};
use addendum::domain::psa::{
    Agreement, AgreementStatus, AgreementType, Company, InvoicingCycle, NamedRef, Product,
};
use addendum::domain::status::PsaStatus;
use addendum::flows::invoice_lines;
use divan::Bencher;
use divan::counter::ItemsCount;
use jiff::civil::date;
use rust_decimal::Decimal;

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const SEED: u64 = 20_261_121;
const OFFERS: usize = 200;

fn main() {
    divan::main();
}

/// Every line becomes an action.
#[divan::bench(args = SIZES, sample_count = 3, sample_size = 1)]
fn a_new_month(bencher: Bencher, lines: usize) {
    let input = month(lines);
    let policy = policy();
    bencher.counter(ItemsCount::new(lines)).bench_local(|| {
        invoice_lines(&input, &policy, &Scope::default()).expect("it can be planned")
    });
}

/// The month is posted already: nothing is to be done.
#[divan::bench(args = SIZES, sample_count = 3, sample_size = 1)]
fn the_same_month_again(bencher: Bencher, lines: usize) {
    let input = posted(month(lines));
    let policy = policy();
    let plan = invoice_lines(&input, &policy, &Scope::default()).expect("it can be planned");
    assert_eq!((plan.actions.len(), plan.counts.unchanged), (0, lines as u64));
    bencher.counter(ItemsCount::new(lines)).bench_local(|| {
        invoice_lines(&input, &policy, &Scope::default()).expect("it can be planned")
    });
}

/// The key and the content digest of each line, as a source asks for them.
#[divan::bench(args = SIZES, sample_count = 3, sample_size = 1)]
fn identities(bencher: Bencher, lines: usize) {
    let mut line = canonical();
    bencher.counter(ItemsCount::new(lines)).bench_local(|| {
        let mut ids = Identities::default();
        for n in 0..lines {
            line.quantity = Decimal::from(n);
            divan::black_box(ids.of(&line));
        }
    });
}

fn policy() -> Policy {
    Policy {
        agreement_type: Some("Managed Cloud".into()),
        auto_cancel: AutoCancel::On,
        ..Policy::default()
    }
}

fn text(of: String) -> Text {
    of.into()
}

fn eur() -> Currency {
    "EUR".parse().expect("EUR is a currency")
}

/// So many lines of one month: about 50 for an organization, half of them subscriptions.
fn month(lines: usize) -> PlanInput {
    let mut random = fastrand::Rng::with_seed(SEED);
    let source: Text = "canonical".into();
    let day = date(2026, 11, 18);
    let mut input = PlanInput::default();
    let organizations: Vec<Text> =
        (0..lines / 50 + 1).map(|n| text(format!("org-{n:06}"))).collect();
    let offers: Vec<Text> = (0..OFFERS).map(|n| text(format!("offer-{n:04}"))).collect();
    for (n, offer) in (101i64..).zip(&offers) {
        input.products.insert(n, product(n));
        input.offers.insert(
            (source.clone(), offer.clone()),
            OfferMapping {
                source: source.clone(),
                id: offer.clone(),
                name: offer.clone(),
                part_number: None,
                product: Some(n),
            },
        );
    }
    for (n, organization) in (1i64..).zip(&organizations) {
        input.companies.insert(n, company(n));
        input.agreements.insert(n, agreement(n));
        input.organizations.insert(
            (source.clone(), organization.clone()),
            OrganizationMapping {
                source: source.clone(),
                id: organization.clone(),
                name: organization.clone(),
                excluded: false,
                companies: vec![n],
            },
        );
    }
    input.agreement_types.push(kind());
    let monthly: Text = "Monthly".into();
    for n in 0..lines {
        let organization = &organizations[n % organizations.len()];
        let offer = &offers[random.usize(..OFFERS)];
        let recurring = random.bool();
        let quantity = Decimal::from(random.u32(1..40));
        let price = Decimal::new(random.i64(1..50_000), 2);
        // A few cents are off on some lines, as sources have them.
        let off = Decimal::new(i64::from(random.u8(..20) == 0), 2);
        input.lines.push(Line {
            id: LineId(n as i64),
            source: source.clone(),
            key: text(format!("line-{n:08}")),
            period: Period::of(day),
            invoice_number: text(format!("INV-{}", n / 500)),
            invoice_date: day,
            invoice_status: InvoiceStatus::Verified,
            organization_id: organization.clone(),
            organization_name: organization.clone(),
            contract_id: Some(organization.clone()),
            subscription_id: recurring.then(|| text(format!("sub-{n:08}"))),
            subscription_name: recurring.then(|| text(format!("Subscription {n}"))),
            offer_id: offer.clone(),
            offer_name: offer.clone(),
            part_number: None,
            charge_type: if recurring { ChargeType::CycleFee } else { ChargeType::UsageFee },
            billing_cycle: Some(monthly.clone()),
            charge_start: date(2026, 11, 1),
            charge_end: Some(date(2026, 11, 30)),
            quantity,
            unit_price: Some(price),
            unit_cost: Some(price),
            total: quantity * price + off,
            currency: eur(),
            side: None,
            dates: LineDates::default(),
            choice: OwnChoice::default(),
            psa_status: PsaStatus::NotSynced,
            posted: None,
            revision: None,
            error: None,
        });
    }
    input
}

/// The month as the store holds it after its plan was carried out.
fn posted(mut input: PlanInput) -> PlanInput {
    let plan = invoice_lines(&input, &policy(), &Scope::default()).expect("it can be planned");
    for (addition_id, action) in (1i64..).zip(plan.actions) {
        let AgreementTarget::Existing(agreement_id) = action.agreement else { continue };
        let marker = action.marker.expect("an addition has a marker");
        for id in &action.line_ids {
            let line = &mut input.lines[id.0 as usize];
            line.psa_status = PsaStatus::Synced;
            line.posted = Some(Box::new(Posted {
                marker: marker.clone(),
                agreement_id,
                addition_id,
                total: line.total,
                sold: line.total,
            }));
        }
        input.additions.push(OwnAddition {
            marker,
            subject: action.subject.expect("an addition stands for something"),
            company_id: action.company_id,
            agreement_id,
            addition_id,
            fields: action.after.expect("it was created"),
            currency: action.currency,
            shown: action.period.expect("a line has a period"),
            line: action.lines.first().cloned().unwrap_or_else(|| "".into()),
            gone: false,
        });
    }
    input
}

fn canonical() -> CanonicalLine {
    CanonicalLine {
        line_id: None,
        invoice_number: "INV-2026-000123".into(),
        invoice_date: date(2026, 11, 18),
        invoice_status: InvoiceStatus::Verified,
        organization_id: "1f0e3dad-9990-4345-b743-9f8ffabdffc4".into(),
        organization_name: "Fourth Coffee GmbH & Co. KG".into(),
        contract_id: Some("C-000123".into()),
        subscription_id: Some("98f13708-2101-494d-aa0c-8f3f1ba6a2d1".into()),
        subscription_name: Some("Microsoft 365 Business Premium".into()),
        offer_id: "CFQ7TTC0LCHC:0002".into(),
        offer_name: "Microsoft 365 Business Premium".into(),
        part_number: None,
        charge_type: ChargeType::CycleFee,
        billing_cycle: Some("Monthly".into()),
        charge_start: date(2026, 11, 1),
        charge_end: Some(date(2026, 11, 30)),
        quantity: Decimal::ONE,
        unit_price: Some(Decimal::new(2060, 2)),
        unit_cost: Some(Decimal::new(1751, 2)),
        total: Decimal::new(2060, 2),
        currency: eur(),
        raw: None,
        extra: None,
    }
}

fn company(id: i64) -> Company {
    Company {
        id,
        identifier: format!("C{id}"),
        name: format!("Company {id}"),
        status: "Active".into(),
        deleted: false,
        contact: Some(NamedRef { id, name: "Ada".into() }),
        domain: None,
        city: None,
    }
}

fn product(id: i64) -> Product {
    Product {
        id,
        identifier: format!("P{id}"),
        description: format!("Product {id}"),
        class: "Agreement".into(),
        inactive: false,
        part_number: None,
        vendor_sku: None,
        price: None,
        cost: None,
    }
}

fn kind() -> AgreementType {
    AgreementType {
        id: 5,
        name: "Managed Cloud".into(),
        inactive: false,
        location: None,
        department: None,
        billing_cycle: None,
        prorate: false,
        bill_once: false,
        defaults: Default::default(),
    }
}

fn agreement(id: i64) -> Agreement {
    Agreement {
        id,
        name: format!("Cloud {id}"),
        type_id: 5,
        company_id: id,
        currency: Some(eur()),
        status: AgreementStatus::Active,
        start: Some(date(2025, 1, 1)),
        end: None,
        bill_start: Some(date(2025, 1, 1)),
        next_invoice: None,
        prorates: false,
        bills_once: false,
        cycle: Some(BillingCycle::Monthly),
        invoicing_cycle: InvoicingCycle::CalendarYear,
    }
}
