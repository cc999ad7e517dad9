//! Carries the calls out, one after the other: list by list, page by page.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use reqwest::Url;
use serde_json::{Value, json};

use super::super::SourceError;
use super::super::collector::Collector;
use super::super::profile::path::{JsonPath, member, text_of};
use super::authorize::Passport;
use super::doubles;
use super::paging::{Astray, Next, Page, Pager};
use super::plan::{Asking, Call, LeaveOut};
use super::template::Fill;
use super::wire::{Answer, Request, Wire, shown};
use crate::domain::period::Period;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// A record and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// The page's address, without anything secret.
    pub page: Arc<str>,
    /// Its place on the page, from 1.
    pub row: u64,
    pub record: Value,
}

/// What takes the last list's records.
pub(super) trait Taker {
    /// A record.
    fn take(&mut self, found: Found, to: &mut Collector<'_>) -> Result<(), SourceError>;
    /// One list of the last call has ended.
    fn list_ended(&mut self, to: &mut Collector<'_>) -> Result<(), SourceError>;
}

/// One load's way through its calls.
pub(super) struct Walk<'a> {
    asking: &'a Asking,
    account: Option<&'a str>,
    base: Url,
    wire: &'a Wire,
    passport: Passport<'a>,
    /// Records that later calls need, with the month that they were asked for.
    lists: HashMap<String, Vec<(Option<Period>, Value)>>,
    /// First pages that were asked for.
    asked: HashSet<String>,
    /// Digests of whole lists, by call.
    answers: HashMap<(String, u128), Period>,
    /// Records that were left out, by reason.
    pub left_out: BTreeMap<String, u64>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        asking: &'a Asking,
        account: Option<&'a str>,
        base: Url,
        wire: &'a Wire,
        passport: Passport<'a>,
    ) -> Self {
        Self {
            asking,
            account,
            base,
            wire,
            passport,
            lists: HashMap::new(),
            asked: HashSet::new(),
            answers: HashMap::new(),
            left_out: BTreeMap::new(),
        }
    }

    /// Makes all calls; the records of the last one go to `taker`.
    pub(super) fn run<T: Taker>(
        &mut self,
        calls: &[Call],
        periods: &[Period],
        taker: &mut T,
        to: &mut Collector<'_>,
    ) -> Result<(), SourceError> {
        for (at, call) in calls.iter().enumerate() {
            let last = at + 1 == calls.len();
            let joins = self.joins(call);
            if let Some(list) = &call.for_each {
                for (period, record) in self.lists.get(list).cloned().unwrap_or_default() {
                    let about = Some((list.as_str(), &record));
                    self.list(call, period, about, &joins, last.then_some(&mut *taker), to)?;
                }
            } else if call.once {
                self.list(call, None, None, &joins, last.then_some(&mut *taker), to)?;
            } else {
                for period in periods {
                    let taker = last.then_some(&mut *taker);
                    self.list(call, Some(*period), None, &joins, taker, to)?;
                }
            }
        }
        Ok(())
    }

    /// For each join of the call: its earlier list by key.
    fn joins(&self, call: &Call) -> Vec<HashMap<String, Value>> {
        let index = |list: &str, equals: &JsonPath| {
            let records = self.lists.get(list).map(Vec::as_slice).unwrap_or_default();
            let keyed = records.iter().filter_map(|(_, record)| {
                let key = equals.find(record).and_then(text_of)?;
                Some((key.to_owned(), record.clone()))
            });
            keyed.collect()
        };
        call.join.iter().map(|j| index(&j.list, &JsonPath::new(&j.equals))).collect()
    }

    fn list<T: Taker>(
        &mut self,
        call: &Call,
        period: Option<Period>,
        about: Option<(&str, &Value)>,
        joins: &[HashMap<String, Value>],
        mut taker: Option<&mut T>,
        to: &mut Collector<'_>,
    ) -> Result<(), SourceError> {
        let fill = Fill { period, account: self.account, secret: None, record: about };
        let mut url = self.address(call, &fill)?;
        let plain = url.clone();
        let mut pager = Pager::new(&call.paging);
        add(&mut url, &pager.first());
        if !self.asked.insert(url.to_string()) {
            // The same list of the same record, found in two months.
            return Ok(());
        }
        let mut whole: u128 = 0;
        loop {
            let answer = self.page(&url, to)?;
            let page = shown(&url);
            let document = document(&answer, &page)?;
            let records = records(&document, call, &page)?;
            let mut hasher = blake3::Hasher::new();
            for record in records {
                let text = record.to_string();
                hasher.update(text.as_bytes());
                let digest = blake3::hash(text.as_bytes());
                let half = digest.as_bytes().first_chunk().expect("a digest has 32 bytes");
                whole = whole.wrapping_add(u128::from_le_bytes(*half));
            }
            let next = pager.next(&Page {
                url: &url,
                headers: &answer.headers,
                document: &document,
                records: records.len() as u64,
                digest: *hasher.finalize().as_bytes(),
            });
            let next = next.map_err(|astray| refused(&page, astray))?;
            let place: Arc<str> = page.into();
            self.records(call, period, about, joins, document, &place, &mut taker, to)?;
            url = match next {
                None => break,
                Some(Next::Query(pairs)) => {
                    let mut url = plain.clone();
                    add(&mut url, &pairs);
                    url
                }
                Some(Next::Address(url)) => self.without_secrets(url),
            };
        }
        if let Some(period) = period.filter(|_| about.is_none() && whole != 0) {
            let before = self.answers.insert((call.name.clone(), whole), period);
            if let Some(before) = before.filter(|b| *b != period) {
                return Err(refused(
                    &shown(&plain),
                    Astray {
                        code: "same-answer",
                        message: format!("the source gave the same for {before} and {period}"),
                        remedy: "check how the profile asks for a month in [[http.calls]] query",
                    },
                ));
            }
        }
        if let Some(taker) = taker {
            taker.list_ended(to)?;
        }
        Ok(())
    }

    /// Takes a page's records: what is left out, what belongs to them, who gets them.
    #[expect(clippy::too_many_arguments, reason = "all that a page's records need")]
    fn records<T: Taker>(
        &mut self,
        call: &Call,
        period: Option<Period>,
        about: Option<(&str, &Value)>,
        joins: &[HashMap<String, Value>],
        mut document: Value,
        page: &Arc<str>,
        taker: &mut Option<&mut T>,
        to: &mut Collector<'_>,
    ) -> Result<(), SourceError> {
        let list = at_mut(&mut document, &call.records).map(Value::take);
        let Some(Value::Array(list)) = list else { return Ok(()) };
        to.enter(page);
        for (row, mut record) in (1..).zip(list) {
            if !record.is_object() {
                to.problems.push(Some(row), None, "not-a-record", || {
                    ("the list holds something else than objects".into(), TELL.into())
                });
                continue;
            }
            if self.asking.form.doubles {
                doubles::clean(&mut record);
            }
            if let Some((list, parent)) = about {
                record[list] = parent.clone();
            }
            if let Some(period) = period {
                record[ASKED] = json!({
                    "period": period, "from": period.first_day(), "to": period.last_day(),
                });
            }
            if let Some(name) = &call.envelope {
                record[name.as_str()] = document.clone();
            }
            for (join, index) in call.join.iter().zip(joins) {
                let key = join.at.find(&record).and_then(text_of).map(str::to_owned);
                match key.as_ref().and_then(|k| index.get(k)) {
                    Some(found) => record[join.list.as_str()] = found.clone(),
                    None if join.required => {
                        to.problems.push(Some(row), Some(&join.list), "no-such-record", || {
                            let key = key.as_deref().map(harmless).unwrap_or_default();
                            (
                                format!("there is nothing about \"{key}\" among the {}", join.list),
                                "load again; if it stays so, tell the source's support".into(),
                            )
                        });
                        continue;
                    }
                    None => {}
                }
            }
            if let Some(reason) = left_out(&call.leave_out, &record) {
                *self.left_out.entry(reason.to_owned()).or_insert(0) += 1;
                continue;
            }
            match taker {
                Some(taker) => {
                    taker.take(Found { page: Arc::clone(page), row, record }, to)?;
                    to.enter(page);
                }
                None if call.kept => {
                    self.lists.entry(call.name.clone()).or_default().push((period, record));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// One page. A token that is refused is renewed once.
    fn page(&mut self, url: &Url, to: &mut Collector<'_>) -> Result<Answer, SourceError> {
        let mut renewed = false;
        loop {
            to.still_wanted()?;
            let mut request = Request::get(url.clone());
            let json = "application/json".parse().expect("a plain text is a header");
            request.headers.insert(reqwest::header::ACCEPT, json);
            self.passport.stamp(&mut request, self.wire, to)?;
            match self.wire.send(&request, to)? {
                Ok(answer) => return Ok(answer),
                Err(f) if f.status == Some(401) && !renewed && self.passport.may_renew() => {
                    renewed = true;
                }
                Err(f) => return Err(SourceError::Failed(f.problem)),
            }
        }
    }

    fn address(&self, call: &Call, fill: &Fill<'_>) -> Result<Url, SourceError> {
        let mut url = self.base.clone();
        {
            let mut path = url.path_segments_mut().map_err(|()| {
                let why = "the base is no address that paths can follow";
                failed(ProblemKind::NotSetUp, "bad-location", why.into(), "check source.location")
            })?;
            path.pop_if_empty();
            for segment in &call.path {
                let text = segment.fill(fill).map_err(SourceError::Failed)?;
                if matches!(text.as_str(), "." | "..") {
                    let why = format!("an id of {} would lead to another address", call.name);
                    return Err(failed(ProblemKind::Refused, "record-without-id", why, TELL));
                }
                path.push(&text);
            }
        }
        let mut pairs = Vec::new();
        for (name, template) in &call.query {
            pairs.push((name.clone(), template.fill(fill).map_err(SourceError::Failed)?));
        }
        add(&mut url, &pairs);
        Ok(url)
    }

    /// An address that the source gave, without the pairs that are added to every request: they
    /// may be secret, and are added again.
    fn without_secrets(&self, mut url: Url) -> Url {
        let ours = |name: &str| self.asking.query.iter().any(|(n, _)| n == name);
        let kept: Vec<(String, String)> =
            url.query_pairs().into_owned().filter(|(name, _)| !ours(name)).collect();
        url.set_query(None);
        add(&mut url, &kept);
        url
    }
}

/// What was asked for, in each record: `period`, `from` and `to`.
pub(super) const ASKED: &str = "asked";

const TELL: &str = "tell the source's support, or correct [[http.calls]] in the profile";

fn failed(kind: ProblemKind, code: &'static str, message: String, remedy: &str) -> SourceError {
    SourceError::Failed(Problem::new(kind, code, message, remedy))
}

fn refused(page: &str, astray: Astray) -> SourceError {
    let message = format!("{page}: {}", astray.message);
    failed(ProblemKind::Refused, astray.code, message, astray.remedy)
}

fn add(url: &mut Url, pairs: &[(String, String)]) {
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
}

fn document(answer: &Answer, page: &str) -> Result<Value, SourceError> {
    serde_json::from_slice(&answer.body).map_err(|e| {
        // The crate's words hold no text of the answer.
        let message = format!("{page} answers with something else than JSON ({e})");
        let remedy = "check source.location and the profile's [http]; nothing was loaded";
        failed(ProblemKind::Refused, "not-the-source", message, remedy)
    })
}

/// The list in an answer. A null is an empty one; none at all is refused.
fn records<'v>(document: &'v Value, call: &Call, page: &str) -> Result<&'v [Value], SourceError> {
    let found = call.records.iter().try_fold(document, |at, name| member(at, name));
    match found {
        Some(Value::Array(list)) => Ok(list),
        Some(Value::Null) if !call.records.is_empty() => Ok(&[]),
        _ => Err(refused(
            page,
            Astray {
                code: "no-list",
                message: format!("the answer holds no list of {}", call.name),
                remedy: "check `records` of the call in the profile, and source.location",
            },
        )),
    }
}

fn at_mut<'v>(document: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(document, |at, name| {
        let object = at.as_object_mut()?;
        let known = match object.contains_key(name) {
            true => name.clone(),
            false => object.keys().find(|k| k.eq_ignore_ascii_case(name))?.clone(),
        };
        object.get_mut(&known)
    })
}

fn left_out<'r>(rules: &'r [LeaveOut], record: &Value) -> Option<&'r str> {
    let rule = rules.iter().find(|rule| {
        let text = rule.at.find(record).and_then(text_of).map(str::trim).unwrap_or_default();
        let among = |list: &[String]| list.iter().any(|t| t.trim().eq_ignore_ascii_case(text));
        let (is, is_not) = (&rule.form.is, &rule.form.is_not);
        if is.is_empty() && is_not.is_empty() {
            return text.is_empty();
        }
        among(is) || (!is_not.is_empty() && !among(is_not))
    });
    rule.map(|rule| rule.form.reason.as_str())
}
