//! The PSA's endpoints: from method and path to an answer.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLockReadGuard, RwLockWriteGuard};

use serde_json::{Map, Value, json};

use super::faults::Verdict;
use super::lists::{From, Query, Record};
use super::paging::Address;
use super::records::{Agreement, CATALOG_FIELDS, COMPANY_FIELDS, CONTACT_FIELDS, Row, site_id};
use super::refusal::Refusal;
use super::rules;
use super::security::{
    self, AGREEMENTS, Action, CATALOG, COMPANIES, CONTACTS, Function, Level, MY_COMPANY, TABLES,
};
use super::server::Shared;
use super::shown::{Fields, Text};
use super::world::{World, above};

/// A request to the PSA that is allowed in.
pub(super) struct Call<'a> {
    pub shared: &'a Shared,
    pub method: &'a str,
    /// Below `apis/3.0`.
    pub segments: Vec<&'a str>,
    pub address: Address,
    pub forward_only: bool,
    pub json: bool,
    pub body: &'a [u8],
    pub verdict: &'a Verdict,
}

/// An answer with a JSON body, or none.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub link: String,
    pub body: Option<Vec<u8>>,
}

impl Answer {
    pub(super) fn of(status: u16, body: &Value) -> Self {
        let body = serde_json::to_vec(body).expect("a JSON value can be written");
        Self { status, link: String::new(), body: Some(body) }
    }
}

impl Call<'_> {
    /// Answers it.
    pub(super) fn answer(&self) -> Result<Answer, Refusal> {
        match self.segments.as_slice() {
            ["system", "info"] => {
                self.only_get()?;
                Ok(Answer::of(
                    200,
                    &json!({
                        "version": "v2026.1.112358", "isCloud": false,
                        "serverTimeZone": "UTC", "cloudRegion": "Sandbox",
                        "licenseBits": [{"name": "PSA", "activeFlag": true}],
                        "maxWorkFlowRecordsAllowed": 100,
                    }),
                ))
            }
            ["system", "mySecurity"] => {
                self.only_get()?;
                self.rows(&security::my_security(&self.verdict.withdrawn))
            }
            ["system", "mySecurity", "customizeItems"] => {
                self.only_get()?;
                self.rows(&security::customize_items(&self.verdict.hidden_tables))
            }
            ["system", "userDefinedFields", rest @ ..] => self.table(TABLES, "userFields", rest),
            ["system", "locations", rest @ ..] => self.table(MY_COMPANY, "locations", rest),
            ["system", "departments", rest @ ..] => self.table(MY_COMPANY, "departments", rest),
            ["finance", "billingCycles", rest @ ..] => self.table(TABLES, "billingCycles", rest),
            ["finance", "billingTerms", rest @ ..] => self.table(TABLES, "billingTerms", rest),
            ["finance", "currencies", rest @ ..] => self.table(TABLES, "currencies", rest),
            ["finance", "agreements", "types", rest @ ..] => {
                self.table(TABLES, "agreementTypes", rest)
            }
            ["finance", "agreements", rest @ ..] => self.agreements(rest),
            ["company", "companies", "statuses", rest @ ..] => {
                self.table(COMPANIES, "statuses", rest)
            }
            ["company", "companies", "types", rest @ ..] => {
                self.table(COMPANIES, "companyTypes", rest)
            }
            ["company", "companies", id, "sites", rest @ ..] => self.sites(id, rest),
            ["company", "companies", rest @ ..] => {
                let level = self.reading(COMPANIES)?;
                let world = self.world();
                let from = |id| boxed(above(&world.companies, id));
                self.reads(&world, level, COMPANY_FIELDS, &from, rest, "Company")
            }
            ["company", "contacts", rest @ ..] => {
                let level = self.reading(CONTACTS)?;
                let world = self.world();
                let from = |id| boxed(above(&world.contacts, id));
                self.reads(&world, level, CONTACT_FIELDS, &from, rest, "Contact")
            }
            ["procurement", "catalog", rest @ ..] => {
                let level = self.reading(CATALOG)?;
                let world = self.world();
                let from = |id| boxed(above(&world.catalog, id));
                self.reads(&world, level, CATALOG_FIELDS, &from, rest, "Product")
            }
            _ => Err(Refusal::no_path()),
        }
    }

    fn world(&self) -> RwLockReadGuard<'_, World> {
        self.shared.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn world_to_change(&self) -> RwLockWriteGuard<'_, World> {
        self.shared.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn only_get(&self) -> Result<(), Refusal> {
        if self.method == "GET" { Ok(()) } else { Err(Refusal::no_method()) }
    }

    fn require(&self, function: Function, action: Action) -> Result<Level, Refusal> {
        security::require(function, action, &self.verdict.withdrawn)
    }

    fn reading(&self, function: Function) -> Result<Level, Refusal> {
        self.only_get()?;
        self.require(function, Action::Inquire)
    }

    fn query(&self, known: &[&str]) -> Result<Query, Refusal> {
        Query::read(
            &self.address.query,
            known,
            self.forward_only,
            self.shared.options.page_cap,
            self.verdict.ignore_filters,
        )
    }

    /// A small list that is made on the spot.
    fn rows(&self, rows: &[Value]) -> Result<Answer, Refusal> {
        let rows: Vec<Row> = rows.iter().cloned().map(|r| Row(super::values::object(r))).collect();
        let world = self.world();
        let from = |id| boxed(rows.iter().filter(move |r| r.id() > id));
        self.reads(&world, Level::All, &[], &from, &[], "Row")
    }

    fn table(&self, right: Function, table: &str, rest: &[&str]) -> Result<Answer, Refusal> {
        let level = match self.reading(right)? {
            // As for a level that is not All: no rows, and no error.
            _ if security::is_hidden(table, &self.verdict.hidden_tables) => Level::My,
            level => level,
        };
        let world = self.world();
        let from = |id| boxed(world.setup.rows(table).iter().filter(move |r| r.id() > id));
        self.reads(&world, level, &[], &from, rest, "Record")
    }

    fn sites(&self, company: &str, rest: &[&str]) -> Result<Answer, Refusal> {
        let level = self.reading(COMPANIES)?;
        let world = self.world();
        let record = number(company).and_then(|id| world.companies.get(&id));
        let record = record.ok_or_else(|| Refusal::no_record("Company", company))?;
        let site = Row(super::values::object(json!({
            "id": site_id(record.id), "name": "Main", "addressLine1": record.street,
            "city": record.city, "zip": record.zip, "primaryAddressFlag": true,
            "defaultShippingFlag": true, "defaultBillingFlag": true, "defaultMailingFlag": true,
            "inactiveFlag": false, "company": record.reference(),
        })));
        let from = |id| boxed(std::iter::once(&site).filter(move |s| s.id() > id));
        self.reads(&world, level, &[], &from, rest, "Site")
    }

    /// A collection, its count, or one of its records.
    fn reads<'a, R: Record + 'a>(
        &self,
        world: &World,
        level: Level,
        known: &[&str],
        from: &From<'a, R>,
        rest: &[&str],
        word: &str,
    ) -> Result<Answer, Refusal> {
        match rest {
            [] => {
                let query = self.query(known)?;
                if level == Level::My {
                    return Ok(Answer::of(200, &json!([])));
                }
                let (rows, link) = query.page(world, from, &self.address);
                Ok(Answer { status: 200, link, body: Some(rows) })
            }
            ["count"] => {
                let query = self.query(known)?;
                let count = if level == Level::My { 0 } else { query.count(world, from) };
                Ok(Answer::of(200, &json!({"count": count})))
            }
            [id] => {
                let found = number(id)
                    .and_then(|n| from(n.saturating_sub(1)).next().filter(|r| r.id() == n));
                let found = found.ok_or_else(|| Refusal::no_record(word, id))?;
                Ok(self.shown(200, world, &found))
            }
            _ => Err(Refusal::no_path()),
        }
    }

    /// A record, trimmed to `fields`.
    fn shown<R: Record>(&self, status: u16, world: &World, record: &R) -> Answer {
        let mut query = self.address.query.iter();
        let chosen = query.find(|(k, v)| k.eq_ignore_ascii_case("fields") && !v.trim().is_empty());
        let fields = chosen.map(|(_, text)| Fields::read(text));
        let mut body = Vec::with_capacity(2_048);
        Text::write(record, world, fields.as_ref(), &mut body);
        Answer { status, link: String::new(), body: Some(body) }
    }

    fn parsed(&self) -> Result<Value, Refusal> {
        if !self.json {
            return Err(Refusal::no_json_type());
        }
        serde_json::from_slice(self.body)
            .map_err(|e| Refusal::body(format!("The request body is no valid JSON: {e}")))
    }

    fn parsed_object(&self) -> Result<Map<String, Value>, Refusal> {
        match self.parsed()? {
            Value::Object(map) => Ok(map),
            _ => Err(Refusal::body("The request body must be an object.")),
        }
    }

    fn agreements(&self, rest: &[&str]) -> Result<Answer, Refusal> {
        match (self.method, rest) {
            (_, [parent, "additions", below @ ..]) => self.additions(parent, below),
            ("GET", _) => {
                let level = self.require(AGREEMENTS, Action::Inquire)?;
                let world = self.world();
                let lag = self.verdict.list_lag.filter(|_| matches!(rest, [] | ["count"]));
                let then = lag.map(|lag| world.agreements_then(lag)).unwrap_or_default();
                let known = rules::names(rules::AGREEMENT_FIELDS);
                if then.is_empty() {
                    let from = |id| boxed(above(&world.agreements, id));
                    return self.reads(&world, level, &known, &from, rest, "Agreement");
                }
                let mut seen: BTreeMap<i64, &Arc<Agreement>> =
                    world.agreements.iter().map(|(id, a)| (*id, a)).collect();
                for (id, was) in &then {
                    match was {
                        Some(was) => seen.insert(*id, was),
                        None => seen.remove(id),
                    };
                }
                let from = |id| boxed(above(&seen, id).copied());
                self.reads(&world, level, &known, &from, rest, "Agreement")
            }
            ("POST", []) => {
                self.require(AGREEMENTS, Action::Add)?;
                let mut body = self.parsed_object()?;
                if self.verdict.currency_ignored {
                    body.remove("currency");
                }
                let mut world = self.world_to_change();
                let mut made = rules::create_agreement(&world, &body, self.member())?;
                made.id = world.next_agreement;
                world.next_agreement += 1;
                world.put_agreement(made.clone());
                Ok(self.shown(201, &world, &made))
            }
            ("PUT" | "PATCH" | "DELETE", [id]) => self.change_agreement(id),
            (_, [] | [_]) => Err(Refusal::no_method()),
            _ => Err(Refusal::no_path()),
        }
    }

    fn change_agreement(&self, id: &str) -> Result<Answer, Refusal> {
        let missing = || Refusal::no_record("Agreement", id);
        let number = number(id).ok_or_else(missing)?;
        if self.method == "DELETE" {
            self.require(AGREEMENTS, Action::Delete)?;
            let mut world = self.world_to_change();
            if world.additions.get(&number).is_some_and(|list| !list.is_empty()) {
                return Err(Refusal::body("Agreement cannot be deleted because it has additions."));
            }
            return if world.remove_agreement(number) {
                Ok(Answer { status: 204, link: String::new(), body: None })
            } else {
                Err(missing())
            };
        }
        self.require(AGREEMENTS, Action::Edit)?;
        let body = self.parsed()?;
        let mut world = self.world_to_change();
        let old = world.agreements.get(&number).ok_or_else(missing)?;
        let changed = match (self.method, &body) {
            ("PATCH", _) if self.verdict.patch_ignored => (**old).clone(),
            ("PATCH", _) => rules::patch_agreement(&world, old, &body, self.member())?,
            (_, Value::Object(map)) => rules::replace_agreement(&world, old, map, self.member())?,
            _ => return Err(Refusal::body("The request body must be an object.")),
        };
        if **old != changed {
            world.put_agreement(changed.clone());
        }
        Ok(self.shown(200, &world, &changed))
    }

    fn additions(&self, parent: &str, rest: &[&str]) -> Result<Answer, Refusal> {
        let missing = || Refusal::no_record("Agreement", parent);
        let parent_id = number(parent).ok_or_else(missing)?;
        match (self.method, rest) {
            ("GET", _) => {
                let level = self.require(AGREEMENTS, Action::Inquire)?;
                let world = self.world();
                if !world.agreements.contains_key(&parent_id) {
                    return Err(missing());
                }
                let known = rules::names(rules::ADDITION_FIELDS);
                let lag = self.verdict.list_lag.filter(|_| matches!(rest, [] | ["count"]));
                let then = lag.map(|lag| world.additions_then(parent_id, lag));
                let nothing = BTreeMap::new();
                let list = match &then {
                    Some(then) => then,
                    None => world.additions.get(&parent_id).unwrap_or(&nothing),
                };
                let from = |id| boxed(above(list, id));
                self.reads(&world, level, &known, &from, rest, "Addition")
            }
            ("POST", []) => {
                self.require(AGREEMENTS, Action::Add)?;
                let body = self.parsed_object()?;
                let mut world = self.world_to_change();
                let agreement = world.agreements.get(&parent_id).ok_or_else(missing)?;
                let mut made = rules::create_addition(&world, agreement, &body, self.member())?;
                made.id = world.next_addition;
                world.next_addition += 1;
                world.put_addition(made.clone());
                Ok(self.shown(201, &world, &made))
            }
            ("DELETE", [id]) => {
                self.require(AGREEMENTS, Action::Delete)?;
                let found = number(id)
                    .is_some_and(|n| self.world_to_change().remove_addition(parent_id, n));
                if found {
                    Ok(Answer { status: 204, link: String::new(), body: None })
                } else {
                    Err(Refusal::no_record("Addition", id))
                }
            }
            ("PUT" | "PATCH", [id]) => {
                self.require(AGREEMENTS, Action::Edit)?;
                let body = self.parsed()?;
                let mut world = self.world_to_change();
                let agreement = world.agreements.get(&parent_id).ok_or_else(missing)?;
                let old = number(id)
                    .and_then(|n| world.addition(parent_id, n))
                    .ok_or_else(|| Refusal::no_record("Addition", id))?;
                let by = self.member();
                let changed = match (self.method, &body) {
                    ("PATCH", _) if self.verdict.patch_ignored => (**old).clone(),
                    ("PATCH", _) => rules::patch_addition(&world, agreement, old, &body, by)?,
                    (_, Value::Object(map)) => {
                        rules::replace_addition(&world, agreement, old, map, by)?
                    }
                    _ => return Err(Refusal::body("The request body must be an object.")),
                };
                if **old != changed {
                    world.put_addition(changed.clone());
                }
                Ok(self.shown(200, &world, &changed))
            }
            (_, [] | [_]) => Err(Refusal::no_method()),
            _ => Err(Refusal::no_path()),
        }
    }

    /// Who `_info` names.
    fn member(&self) -> &str {
        &self.shared.options.public_key
    }
}

fn number(segment: &str) -> Option<i64> {
    segment.parse().ok()
}

fn boxed<'a, R: 'a>(records: impl Iterator<Item = R> + 'a) -> Box<dyn Iterator<Item = R> + 'a> {
    Box::new(records)
}
