//! One addition for several lines that are posted once (`billing.posting`). Only lines that are
//! not posted yet take part: what is posted stays as it is, and what comes later is netted with
//! what else is left.

use foldhash::{HashMap, HashMapExt};
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use smallvec::smallvec;

use crate::domain::addition::{AdditionFields, OwnAddition, Subject};
use crate::domain::billing_period;
use crate::domain::description::{Notes, invoice_description};
use crate::domain::event::{EventKey, seats, tell};
use crate::domain::line::{Line, Text};
use crate::domain::marker::marker;
use crate::domain::money::{self, Currency};
use crate::domain::net;
use crate::domain::plan::{ActionKind, AgreementTarget, LineProblem, Reasons};
use crate::domain::policy::PostingMode;
use crate::domain::price::Sale;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::Agreement;

use super::dates::Dates;
use super::making::Write;
use super::planner::{Fate, Planner, deleted_in_psa};
use super::posting::Once;
use super::reason;
use super::resolve::{Bucket, Target};

/// What lines must have in common to be one addition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Together {
    stem: Text,
    company: i64,
    on: AgreementTarget,
    product: i64,
    currency: Currency,
    /// Last day of the PSA's billing period: an addition that is billed once lives inside one.
    period_end: Option<Date>,
    /// Where the PSA bills by the day, or its periods are not known, the very same days.
    window: Option<(Date, Option<Date>)>,
}

/// Lines that wait until all are seen, by what they have in common, in order of the first.
#[derive(Debug, Default)]
pub(super) struct Waiting<'a> {
    place: HashMap<Together, usize>,
    groups: Vec<(Together, Vec<Member<'a>>)>,
}

/// A line that waits, and its place among the lines that were gone through.
#[derive(Debug)]
struct Member<'a> {
    once: Once<'a>,
    at: usize,
}

impl<'a> Waiting<'a> {
    pub(super) fn push(&mut self, together: Together, once: Once<'a>, at: usize) {
        let place = match self.place.get(&together) {
            Some(place) => *place,
            None => {
                self.place.insert(together.clone(), self.groups.len());
                self.groups.push((together, Vec::new()));
                self.groups.len() - 1
            }
        };
        self.groups[place].1.push(Member { once, at });
    }
}

/// Which lines net additions stand for.
pub(super) fn netted(additions: &[OwnAddition]) -> HashMap<&str, &OwnAddition> {
    let mut found = HashMap::new();
    for own in additions {
        if let Subject::Net { keys, .. } = &own.subject {
            found.extend(keys.iter().map(|key| (&**key, own)));
        }
    }
    found
}

impl<'a> Planner<'a> {
    /// The net addition that stands for a line which is not posted: it was found in the PSA, and
    /// the run that found it ended before all of its lines had their turn.
    ///
    /// # Errors
    /// A person deleted it, and nobody said to post it again.
    pub(super) fn net_of(&self, line: &Line) -> Result<Option<&'a OwnAddition>, Problem> {
        let Some(own) = self.netted.get(&*line.key).copied() else { return Ok(None) };
        match &own.subject {
            Subject::Net { source, .. } if *source == line.source => {}
            _ => return Ok(None),
        }
        if !own.gone {
            return Ok(Some(own));
        }
        if self.scope.repost_deleted { Ok(None) } else { Err(deleted_in_psa(&own.marker)) }
    }

    /// A line whose net addition stands needs no write, unless its money is not what was netted.
    pub(super) fn rests_on(
        &mut self,
        line: &'a Line,
        target: Target<'a>,
        own: &'a OwnAddition,
    ) -> Result<Fate, Problem> {
        let worth = self.worth(line, target.product)?;
        if self.comes_to(own).is_some_and(|sum| money::cents(sum) != own.fields.amount()) {
            return Err(Problem::new(
                ProblemKind::Incomplete,
                "in-a-net",
                format!(
                    "addition {} ({}) stands for it together with other lines, at {}, which is not \
                     what they come to",
                    own.addition_id,
                    own.marker,
                    money::text(own.fields.amount())
                ),
                "run `addendum reconcile`; to post its lines anew, undo the run that made the \
                 addition",
            ));
        }
        Ok(self.settle(line, own.marker.clone(), &worth.sale, None))
    }

    /// What the lines of a net addition come to, where all of them are known.
    fn comes_to(&self, own: &OwnAddition) -> Option<Decimal> {
        let Subject::Net { source, keys, .. } = &own.subject else { return None };
        let product = self.input.products.get(&own.fields.product_id)?;
        let lines = self
            .lines
            .get_or_init(|| self.input.lines.iter().map(|l| ((&*l.source, &*l.key), l)).collect());
        keys.iter().try_fold(Decimal::ZERO, |sum, key| {
            let line = lines.get(&(&**source, &**key))?;
            let sold = match &line.posted {
                Some(posted) => posted.sold,
                None => self.worth(line, product).ok()?.sale.sold,
            };
            sum.checked_add(sold)
        })
    }

    /// What a line has in common with those that it may be netted with; absent where it is posted
    /// by itself.
    pub(super) fn nets(&self, once: &Once<'a>, agreement: &Agreement) -> Option<Together> {
        if self.policy.posting == PostingMode::PerLine || once.line.choice.post_once {
            return None;
        }
        let stem = net::stem(once.line, self.policy.posting)?;
        let Dates { start, end, .. } = once.dates;
        let period = billing_period::holding(agreement, start);
        // What lives beyond its billing period is billed more than once by a rule or a person, and
        // that is not what is netted.
        if period.is_some_and(|p| end.is_none_or(|end| end > p.last)) {
            return None;
        }
        let by_day = agreement.prorates || (period.is_none() && !agreement.bills_once);
        Some(Together {
            stem,
            company: once.target.company.id,
            on: once.on.clone(),
            product: once.target.product.id,
            currency: once.line.currency,
            period_end: period.map(|p| p.last),
            window: by_day.then_some((start, end)),
        })
    }

    /// Posts the lines that waited: as one addition where several belong together, else each by
    /// itself.
    pub(super) fn net_waiting(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        for (together, mut members) in waiting.groups {
            let lines: Vec<&Line> = members.iter().map(|m| m.once.line).collect();
            let joins = match self.policy.posting {
                PostingMode::NetPerEvent => {
                    EventKey::of(lines[0]).is_some_and(|key| key.joins(&lines))
                }
                _ => lines.len() > 1,
            };
            if joins {
                members.sort_unstable_by(|a, b| a.once.line.key.cmp(&b.once.line.key));
                match self.sums(&members) {
                    Some(sums) => self.net(&together, members, sums),
                    None => self.one_by_one(members),
                }
            } else {
                self.one_by_one(members);
            }
        }
    }

    fn one_by_one(&mut self, members: Vec<Member<'a>>) {
        for Member { once, at } in members {
            let line = once.line;
            if let Err(problem) = self.alone(once) {
                self.refuse(line, at, problem);
            }
        }
    }

    /// A line that waited is refused after all.
    fn refuse(&mut self, line: &Line, at: usize, problem: Problem) {
        self.done.counts.failed += 1;
        self.done.buckets[at] = Bucket::Failed;
        self.done.covered[at] = false;
        self.done.errors.push(LineProblem {
            line: line.key.clone(),
            line_id: Some(line.id),
            problem,
        });
    }

    /// What the lines come to; `None` beyond what a decimal holds.
    fn sums(&self, members: &[Member<'a>]) -> Option<Sums> {
        let mut sums =
            Sums { total: Decimal::ZERO, sold: Decimal::ZERO, cost: Some(Decimal::ZERO) };
        for Once { line, worth, .. } in members.iter().map(|m| &m.once) {
            sums.total = sums.total.checked_add(line.total)?;
            sums.sold = sums.sold.checked_add(worth.sale.sold)?;
            sums.cost = sums.cost.zip(worth.sale.cost).and_then(|(a, b)| a.checked_add(b));
        }
        Some(sums)
    }

    fn net(&mut self, together: &Together, members: Vec<Member<'a>>, sums: Sums) {
        let lines: Vec<&Line> = members.iter().map(|m| m.once.line).collect();
        let keys: Vec<Text> = lines.iter().map(|l| l.key.clone()).collect();
        let subject = net::subject(&lines[0].source, &together.stem, keys.clone());
        let marker: Text = marker(&subject).into();
        if self.own.get(&*marker).is_some_and(|o| o.gone) && !self.scope.repost_deleted {
            for m in &members {
                self.refuse(m.once.line, m.at, deleted_in_psa(&marker));
            }
            return;
        }
        let (start, end) = days(members.iter().map(|m| (m.once.dates.start, m.once.dates.end)));
        let own = days(lines.iter().map(|l| (l.charge_start, l.charge_end)));
        let text = self.what_was_netted(&members);
        // The charge that is largest says best what it is about.
        let shown = lines.iter().copied().max_by(|a, b| (a.total, &b.key).cmp(&(b.total, &a.key)));
        let shown = shown.unwrap_or(lines[0]);
        let (quantity, unit_price, unit_cost) = self.split(&lines, &sums);
        let notes = Notes {
            own_dates: (own != (start, end)).then_some(own),
            quantity: None,
            net: Some(&text),
        };
        let fields = AdditionFields {
            product_id: together.product,
            quantity,
            unit_price,
            unit_cost,
            effective: start,
            cancelled: end,
            invoice_description: invoice_description(shown, self.policy, notes),
        };
        let mut reasons: Reasons = smallvec![reason("netted", text)];
        if let Ok(agreement) = self.agreement(&together.on) {
            let dates = Dates { start, end, moved: None };
            self.tell_proration(&agreement, &dates, &mut reasons);
        }
        reasons.extend(members.iter().find_map(|m| m.once.dates.moved.clone()));
        for m in &members {
            self.count_sale(m.once.line.currency, &m.once.worth.sale);
        }
        let by_rule = members.iter().any(|m| m.once.worth.sale.by_rule);
        let write = Write {
            kind: ActionKind::Create,
            on: together.on.clone(),
            addition_id: None,
            marker,
            subject,
            before: None,
            after: fields,
            sale: Sale { sold: sums.sold, cost: sums.cost, unit_cost: None, by_rule },
            reasons,
        };
        let mut action = self.action(lines[0], write);
        action.lines = keys.into();
        action.line_ids = lines.iter().map(|l| l.id).collect();
        action.amount = sums.total;
        if by_rule {
            action.sold = members.iter().map(|m| m.once.worth.sale.sold).collect();
        }
        self.done.counts.create += 1;
        self.done.actions.push(action);
    }

    /// Quantity, unit price and unit cost of the sum: the seats that an event adds or takes away
    /// where they divide the money, else one at the whole amount. The sum is the truth either way.
    fn split(&self, lines: &[&Line], sums: &Sums) -> (Decimal, Decimal, Option<Decimal>) {
        let decimals = self.policy.price_decimals;
        let round = |n: Decimal| {
            n.round_dp_with_strategy(decimals.max(2), RoundingStrategy::MidpointAwayFromZero)
        };
        let whole = (Decimal::ONE, round(sums.sold), sums.cost.map(money::cents));
        if self.policy.posting != PostingMode::NetPerEvent {
            return whole;
        }
        let s = seats(lines);
        let added = s.after.saturating_sub(s.before);
        if added.is_zero() || added.is_sign_negative() != sums.sold.is_sign_negative() {
            return whole;
        }
        let each = |n: Decimal, most: u32| {
            let each = n.checked_div(added.abs())?.normalize();
            (each.scale() <= most && each.checked_mul(added.abs()) == Some(n)).then_some(each)
        };
        match (each(sums.sold, decimals), sums.cost.map(|c| each(c, decimals.max(2)))) {
            (Some(price), None) => (added.abs(), price, None),
            (Some(price), Some(Some(cost))) => (added.abs(), price, Some(cost)),
            _ => whole,
        }
    }

    /// What the invoice says was netted.
    fn what_was_netted(&self, members: &[Member<'a>]) -> String {
        let lines: Vec<&Line> = members.iter().map(|m| m.once.line).collect();
        if self.policy.posting == PostingMode::NetPerEvent {
            return format!("{}, net of {} lines", tell(&lines), lines.len());
        }
        let mut by_type: Vec<(crate::domain::charge_type::ChargeType, Decimal)> = Vec::new();
        for m in members {
            let (kind, sold) = (m.once.line.charge_type, m.once.worth.sale.sold);
            match by_type.iter_mut().find(|(t, _)| *t == kind) {
                Some((_, sum)) => *sum = sum.saturating_add(sold),
                None => by_type.push((kind, sold)),
            }
        }
        by_type.sort_unstable_by_key(|(t, _)| *t);
        let parts: Vec<String> = by_type
            .iter()
            .map(|(t, sum)| format!("{} {}", self.policy.charge_name(*t), money::text(*sum)))
            .collect();
        format!("net of {} lines: {}", lines.len(), parts.join(", "))
    }
}

/// What several lines come to.
struct Sums {
    total: Decimal,
    sold: Decimal,
    cost: Option<Decimal>,
}

/// From the first day to the last; open where one of them is.
fn days(each: impl Iterator<Item = (Date, Option<Date>)>) -> (Date, Option<Date>) {
    each.fold((Date::MAX, Some(Date::MIN)), |(start, end), (s, e)| {
        (start.min(s), end.zip(e).map(|(a, b)| a.max(b)))
    })
}
