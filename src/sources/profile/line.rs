//! The line that a record is, field by field.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::check::look;
use super::super::problems::shown;
use super::super::raw::RawData;
use super::columns::Col;
use super::field::Field;
use super::reading::{Reading, is_one_of, strip};
use super::{EndDate, Sign, StatusRule};
use crate::domain::charge_type::ChargeType;
use crate::domain::invoice_status::InvoiceStatus;
use crate::domain::line::CanonicalLine;
use crate::domain::line_extra::LineExtra;
use crate::domain::money::Currency;

impl<'a> Reading<'a, '_> {
    fn invoice_date(&mut self, invoice: Option<&str>) -> Option<Date> {
        let rule = &self.profile.fields[Field::InvoiceDate as usize];
        let Some(col) = rule.month_of else { return self.needed_date(Field::InvoiceDate) };
        // A date in the bill itself comes first.
        if let Some(date) = self.date(Field::InvoiceDate) {
            return Some(date);
        }
        match invoice.and_then(|i| self.newest.get(i)) {
            Some(newest) => Some(newest.last_of_month()),
            None => {
                self.missing(Some(col), Field::InvoiceDate);
                None
            }
        }
    }

    fn currency(&mut self) -> Option<Currency> {
        let (col, text) = self.value(Field::Currency);
        if text.is_empty() {
            self.missing(col, Field::Currency);
            return None;
        }
        let currency = text.parse().ok();
        if currency.is_none() {
            self.complain(col, Field::Currency, "not-a-currency", || {
                (
                    format!("{} is no currency", shown(&text)),
                    "it is three letters, such as EUR".into(),
                )
            });
        }
        currency
    }

    /// `Ok(None)`: rows with this status are left out.
    fn status(&mut self) -> Option<Option<InvoiceStatus>> {
        let (col, text) = self.value(Field::InvoiceStatus);
        let rule = self.profile.statuses.get(&text.to_lowercase()).copied();
        let parsed = || InvoiceStatus::parse(&text).ok().map(StatusRule::Is);
        match rule.or_else(parsed) {
            Some(StatusRule::Is(status)) => Some(Some(status)),
            Some(StatusRule::Skip) => Some(None),
            rule @ (Some(StatusRule::Refuse) | None) => {
                let why = if rule.is_some() { "refuses the bill" } else { "is not known" };
                self.complain(col, Field::InvoiceStatus, "unknown-status", || {
                    (
                        format!("the invoice status {} {why}", shown(&text)),
                        "add it to the profile's table statuses: an invoice status, skip or refuse"
                            .into(),
                    )
                });
                None
            }
        }
    }

    fn charge_type(&mut self, total: Option<Decimal>) -> Option<ChargeType> {
        let (col, text) = self.value(Field::ChargeType);
        let word = text.to_lowercase();
        for rule in &self.profile.charge_rules {
            let cell = rule.column.map(|c| self.cell(c));
            let holds = (rule.words.is_empty() || rule.words.contains(&word))
                && (rule.is.is_empty() || cell.is_some_and(|c| is_one_of(c, &rule.is)))
                && !cell.is_some_and(|c| is_one_of(c, &rule.is_not))
                && rule.negative.is_none_or(|n| {
                    total.is_some_and(|t| (t.is_sign_negative() && !t.is_zero()) == n)
                });
            if holds {
                return Some(rule.to);
            }
        }
        if text.is_empty() {
            self.missing(col, Field::ChargeType);
            return None;
        }
        let known = self.profile.charge_types.get(&word).copied();
        let known = known.or_else(|| {
            if self.profile.charge_types.is_empty() { text.parse().ok() } else { None }
        });
        if known.is_none() {
            let words: Vec<&str> = self.profile.charge_types.keys().map(String::as_str).collect();
            let near = crate::config::nearest(&word, &words).map(str::to_owned);
            self.complain(col, Field::ChargeType, "unknown-charge-type", || {
                let like = near.map(|n| format!("did you mean {n}? ")).unwrap_or_default();
                (
                    format!("the charge type {} is not known", shown(&text)),
                    format!(
                        "{like}add it to the table charge_types of a profile of your own, once you \
                         know what it stands for"
                    ),
                )
            });
        }
        known
    }

    /// Whether the amounts are a credit that a column tells; `None` after a complaint.
    fn flagged_credit(&mut self) -> Option<bool> {
        let Sign::Flag { column, credit, charge } = &self.profile.sign else { return Some(false) };
        let text = self.cell(*column);
        if is_one_of(text, credit) {
            return Some(true);
        }
        if is_one_of(text, charge) {
            return Some(false);
        }
        let column = *column;
        self.complain(Some(column), Field::Total, "unknown-credit-flag", || {
            (
                format!("{} says neither charge nor credit", shown(text)),
                "add it to amounts.credit or amounts.charge of the profile".into(),
            )
        });
        None
    }

    /// The end as the last day charged.
    fn end(&mut self, start: Option<Date>) -> Option<Date> {
        let end = self.date(Field::ChargeEndDate)?;
        let exclusive = match self.profile.end {
            EndDate::Inclusive => false,
            EndDate::Exclusive => true,
            EndDate::Detect => match start.map(|s| is_exclusive(s, end)) {
                None => return Some(end),
                Some(Some(exclusive)) => exclusive,
                Some(None) => {
                    let col = self.value(Field::ChargeEndDate).0;
                    self.complain(col, Field::ChargeEndDate, "end-undecided", || {
                        (
                            format!("nothing tells whether {end} is charged or the day after"),
                            "set dates.end to inclusive or exclusive in a profile of your own"
                                .into(),
                        )
                    });
                    return None;
                }
            },
        };
        if exclusive { end.yesterday().ok() } else { Some(end) }
    }

    /// The line; `Some(None)` when its status leaves it out.
    pub(super) fn line(&mut self) -> Option<Option<CanonicalLine>> {
        let before = self.problems.count();
        let status = self.status();
        if status == Some(None) {
            return Some(None);
        }
        let line_id = self.text(Field::LineId, false);
        let invoice_number = self.needed(Field::InvoiceNumber, false);
        let invoice_date = self.invoice_date(invoice_number.as_deref());
        let organization_id = self.needed(Field::OrganizationId, false);
        let organization_name = self.needed(Field::OrganizationName, true);
        let offer_id = self.needed(Field::OfferId, false);
        let offer_name = self.needed(Field::OfferName, true);
        let charge_start = self.needed_date(Field::ChargeStartDate);
        let charge_end = self.end(charge_start);
        let quantity = self.needed_number(Field::Quantity);
        let credit = self.flagged_credit();
        let total = self.signed(Field::Total, credit, true);
        let unit_price = self.signed(Field::UnitPrice, credit, false);
        let unit_cost = self.signed(Field::UnitCost, credit, false);
        let charge_type = self.charge_type(total);
        let currency = self.currency();
        if let (Some(start), Some(end)) = (charge_start, charge_end)
            && end < start
        {
            let col = self.value(Field::ChargeEndDate).0;
            self.complain(col, Field::ChargeEndDate, "end-before-start", || {
                (
                    format!("the charge ends on {end}, before it starts on {start}"),
                    "correct the dates, or the profile's dates.end and dates.order".into(),
                )
            });
        }
        let extra = self.extra(charge_type);
        let line = CanonicalLine {
            contract_id: self.text(Field::ContractId, false),
            subscription_id: self.text(Field::SubscriptionId, false),
            subscription_name: self.text(Field::SubscriptionName, true),
            part_number: self.text(Field::PartNumber, false),
            billing_cycle: self.cycle(),
            line_id,
            invoice_number: invoice_number?,
            invoice_date: invoice_date?,
            invoice_status: status??,
            organization_id: organization_id?,
            organization_name: organization_name?,
            offer_id: offer_id?,
            offer_name: offer_name?,
            charge_type: charge_type?,
            charge_start: charge_start?,
            charge_end,
            quantity: quantity?,
            unit_price,
            unit_cost,
            total: total?,
            currency: currency?,
            raw: None,
            extra,
        };
        (self.problems.count() == before).then_some(Some(line))
    }

    /// An amount with the sign that a column tells.
    fn signed(&mut self, field: Field, credit: Option<bool>, needed: bool) -> Option<Decimal> {
        let number = if needed { self.needed_number(field) } else { self.number(field) }?;
        if matches!(self.profile.sign, Sign::Written) {
            return Some(number);
        }
        if number.is_sign_negative() && !number.is_zero() {
            let col = self.value(field).0;
            self.complain(col, field, "signed-twice", || {
                (
                    format!("{number} has a sign, though a column tells charges from credits"),
                    "set amounts.sign of the profile to minus if the sign is the truth".into(),
                )
            });
            return None;
        }
        Some(if credit? { -number } else { number })
    }

    /// The source's word for the cycle, as the profile's table has it.
    fn cycle(&mut self) -> Option<Box<str>> {
        let word = self.text(Field::BillingCycle, false);
        let key = word.as_deref().unwrap_or_default().to_lowercase();
        match self.profile.cycles.get(&key) {
            Some(cycle) => Some(cycle.as_str().into()),
            None => word,
        }
    }

    fn extra(&mut self, charge_type: Option<ChargeType>) -> Option<Box<LineExtra>> {
        let key = |t: Option<Box<str>>| t.map(|t| t.to_lowercase().into_boxed_str());
        let overlap = self.profile.overlap.as_ref();
        let extra = LineExtra {
            event_id: key(self.text(Field::EventId, false)),
            document_type: self.text(Field::DocumentType, false),
            amends: self.text(Field::Amends, false),
            organization_domain: key(self.text(Field::OrganizationDomain, false)),
            organization_tenant: key(self.text(Field::OrganizationTenant, false)),
            organization_reference: self.text(Field::OrganizationReference, false),
            offer_keys: self.offer_keys(),
            cost_only: self.profile.cost_only,
            counted_as: overlap
                .filter(|o| charge_type.is_some_and(|t| o.charge_types.contains(&t)))
                .map(|o| o.counted_as.as_str().into()),
            rows: None,
        };
        (extra != LineExtra::default()).then(|| Box::new(extra))
    }

    /// Every column of the rule that holds something, and what it joins.
    fn offer_keys(&mut self) -> Vec<Box<str>> {
        let rule = &self.profile.fields[Field::OfferKeys as usize];
        let mut keys: Vec<Box<str>> = Vec::new();
        let joined: Vec<&str> = rule.join.iter().map(|c| self.cell(*c)).collect();
        let joined = (!joined.is_empty() && joined.iter().all(|p| !p.is_empty()))
            .then(|| joined.join(&rule.with));
        let single = rule.columns.iter().map(|c| self.cell(*c).to_owned());
        for text in joined.into_iter().chain(single.collect::<Vec<_>>()) {
            let known = keys.iter().any(|k| **k == *text);
            if text.is_empty() || known || is_one_of(&text, &rule.absent) {
                continue;
            }
            let name = Field::OfferKeys.name();
            keys.extend(look(&text, false, Some(self.row), name, self.problems).map(Into::into));
        }
        keys
    }

    /// What is kept for people beside the columns that no field shows.
    pub(super) fn keep(&mut self, raw: &mut RawData) {
        for (name, rules) in &self.profile.keep {
            let found = rules.iter().map(|rule| (rule, self.by_rule(rule)));
            let Some((rule, (col, text))) = found.into_iter().find(|(_, (_, t))| !t.is_empty())
            else {
                continue;
            };
            match rule.divide_by {
                None => raw.text(name, &text),
                Some(by) => {
                    let number = self.number_of(col, Field::Total, &text);
                    if let Some(n) = number.and_then(|n| n.checked_div(by)) {
                        raw.text(name, &n.normalize().to_string());
                    }
                }
            }
        }
    }

    /// A cell as it is compared: as the field that shows it reads it.
    fn compared(&self, col: Col) -> &'a str {
        let column = self.profile.columns.get(col);
        let text = strip(self.cell(col), column.strip_prefix.as_deref());
        if is_one_of(text, &column.absent) { "" } else { text }
    }

    /// The digest of the columns that tell lines apart, if the profile names any: text in any case,
    /// dates as days, numbers without trailing zeros, so that it is the same however the bill was
    /// exported.
    pub(super) fn identity(&mut self, buffer: &mut Vec<u8>) -> Option<[u8; 16]> {
        let identity = &self.profile.identity;
        if identity.is_empty() {
            return None;
        }
        buffer.clear();
        let put = |buffer: &mut Vec<u8>, text: &str| {
            buffer.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
            buffer.extend(text.as_bytes());
        };
        for &col in &identity.texts {
            put(buffer, &self.compared(col).to_lowercase());
        }
        for &col in &identity.dates {
            let text = self.compared(col);
            let day = if text.is_empty() {
                None
            } else {
                self.date_of(Some(col), Field::ChargeStartDate, text)
            };
            put(buffer, &day.map(|d| d.to_string()).unwrap_or_default());
        }
        for &col in &identity.numbers {
            let text = self.compared(col);
            let number =
                if text.is_empty() { None } else { self.number_of(Some(col), Field::Total, text) };
            put(buffer, &number.map(|n| n.normalize().to_string()).unwrap_or_default());
        }
        let mut digest = [0; 16];
        digest.copy_from_slice(&blake3::hash(buffer).as_bytes()[..16]);
        Some(digest)
    }
}

/// Whether an end is the day after the last one, told by whole months: 15 April to 15 May is
/// exclusive, 15 April to 14 May is inclusive, and so is what ends with a month; what ends on the
/// first of a month is exclusive. `None`: it cannot be told.
fn is_exclusive(start: Date, end: Date) -> Option<bool> {
    if end <= start {
        // One day, or wrong in any case.
        return Some(false);
    }
    let tomorrow = end.tomorrow().ok()?;
    let whole_months = |until: Date| {
        let months =
            i32::from(until.year() - start.year()) * 12 + i32::from(until.month() - start.month());
        months > 0
            && start.checked_add(jiff::Span::new().months(months)).is_ok_and(|day| day == until)
    };
    match (whole_months(tomorrow), whole_months(end)) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        // A start at a month's end: both can be meant.
        (true, true) => None,
        (false, false) if tomorrow.day() == 1 => Some(false),
        (false, false) if end.day() == 1 => Some(true),
        (false, false) => None,
    }
}
