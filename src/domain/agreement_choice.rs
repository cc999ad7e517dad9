//! Which agreement a line goes to (design 6.2): the line's own choice; else the one remembered for
//! its contract and company; else the company's only active agreement of the default type in the
//! line's currency; else a new one.

use foldhash::{HashMap, HashMapExt};

use super::line::Line;
use super::mapping::ContractMapping;
use super::money::Currency;
use super::problem::{Problem, ProblemKind};
use super::psa::{Agreement, AgreementStatus};

/// What the rule found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// This one.
    Existing(i64),
    /// There is none: a new one of the default type.
    New,
}

/// How an agreement whose currency the PSA does not name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeCurrency {
    /// It is this one, by the settings or because all lines have it.
    Is(Currency),
    /// Lines have several and the settings name none.
    Unknown,
}

/// The agreements, ready to choose from.
#[derive(Debug)]
pub struct Agreements<'a> {
    by_id: &'a HashMap<i64, Agreement>,
    of_company: HashMap<i64, Vec<&'a Agreement>>,
    remembered: HashMap<(&'a str, &'a str), Vec<i64>>,
    default_type: i64,
    home: HomeCurrency,
}

impl<'a> Agreements<'a> {
    /// Indexes them.
    pub fn new(
        by_id: &'a HashMap<i64, Agreement>,
        contracts: &'a [ContractMapping],
        default_type: i64,
        home: HomeCurrency,
    ) -> Self {
        let mut of_company: HashMap<i64, Vec<&Agreement>> = HashMap::new();
        for a in by_id.values() {
            of_company.entry(a.company_id).or_default().push(a);
        }
        for list in of_company.values_mut() {
            list.sort_unstable_by_key(|a| a.id);
        }
        let mut remembered: HashMap<(&str, &str), Vec<i64>> = HashMap::new();
        for c in contracts {
            remembered.entry((&c.source, &c.id)).or_default().push(c.agreement);
        }
        // Whatever order they come in, the same one is found.
        for list in remembered.values_mut() {
            list.sort_unstable();
        }
        Self { by_id, of_company, remembered, default_type, home }
    }

    /// Chooses for a line that goes to this company.
    ///
    /// # Errors
    /// The chosen agreement cannot be used, or several stand to choose from; they are named.
    pub fn choose(&self, line: &Line, company: i64) -> Result<Choice, Problem> {
        if let Some(id) = line.choice.agreement {
            let agreement = self.by_id.get(&id).ok_or_else(|| gone(id, "the line's own choice"))?;
            self.usable(agreement, line, company)?;
            return Ok(Choice::Existing(id));
        }
        if let Some(contract) = &line.contract_id
            && let Some(ids) = self.remembered.get(&(&*line.source, &**contract))
        {
            let mine: Vec<&Agreement> = ids
                .iter()
                .filter_map(|id| self.by_id.get(id))
                .filter(|a| a.company_id == company)
                .collect();
            if let Some(agreement) = mine.first() {
                self.usable(agreement, line, company)?;
                return Ok(Choice::Existing(agreement.id));
            }
        }
        let mut fitting = Vec::new();
        for a in self.of_company.get(&company).into_iter().flatten() {
            if a.type_id == self.default_type
                && a.status == AgreementStatus::Active
                && self.in_currency(a, line.currency)?
            {
                fitting.push(*a);
            }
        }
        match fitting.as_slice() {
            [] => Ok(Choice::New),
            [one] => Ok(Choice::Existing(one.id)),
            several => Err(Problem::new(
                ProblemKind::Incomplete,
                "several-agreements",
                format!(
                    "company {company} has several active agreements of the default type in {}: {}",
                    line.currency,
                    named(several)
                ),
                "choose one for the line, or remember one for the contract (a mapping row of kind \
                 contract)",
            )),
        }
    }

    /// Whether a line that goes to this company would need a new agreement. Refusals are not
    /// looked for: [`Agreements::choose`] tells them.
    pub fn finds_none(&self, line: &Line, company: i64) -> bool {
        let fits =
            |a: &&Agreement| a.type_id == self.default_type && a.status == AgreementStatus::Active;
        // Most companies have one, and then nothing needs to be looked up or worded.
        line.choice.agreement.is_none()
            && !self
                .of_company
                .get(&company)
                .into_iter()
                .flatten()
                .copied()
                .filter(|a| fits(a))
                .any(|a| self.in_currency(a, line.currency).unwrap_or(true))
            && self.choose(line, company) == Ok(Choice::New)
    }

    /// Whether a line may go to an agreement that was chosen by a person or holds its addition.
    ///
    /// # Errors
    /// What stands against it.
    pub fn usable(&self, a: &Agreement, line: &Line, company: i64) -> Result<(), Problem> {
        let refuse = |code: &'static str, message: String, remedy: &str| {
            Err(Problem::new(ProblemKind::Incomplete, code, message, remedy))
        };
        if a.company_id != company {
            return refuse(
                "agreement-of-other-company",
                format!(
                    "agreement {} belongs to company {}, the line goes to company {company}",
                    told(a),
                    a.company_id
                ),
                "choose an agreement of the line's company",
            );
        }
        if a.status != AgreementStatus::Active {
            return refuse(
                "agreement-inactive",
                format!("agreement {} is {:?}", told(a), a.status),
                "choose an active agreement, or renew it in ConnectWise and run `addendum pull agreements`",
            );
        }
        if !self.in_currency(a, line.currency)? {
            return refuse(
                "currency-mismatch",
                format!(
                    "the line is in {}, agreement {} in {}",
                    line.currency,
                    told(a),
                    a.currency.map_or_else(|| "the home currency".to_owned(), |c| c.to_string())
                ),
                "choose an agreement in the line's currency",
            );
        }
        Ok(())
    }

    fn in_currency(&self, a: &Agreement, currency: Currency) -> Result<bool, Problem> {
        match (a.currency, self.home) {
            (Some(c), _) => Ok(c == currency),
            (None, HomeCurrency::Is(home)) => Ok(home == currency),
            (None, HomeCurrency::Unknown) => Err(Problem::new(
                ProblemKind::Incomplete,
                "home-currency-unknown",
                format!(
                    "ConnectWise names no currency for agreement {}, and the lines have several",
                    told(a)
                ),
                "set billing.home_currency in the settings to the currency of your ConnectWise",
            )),
        }
    }
}

fn told(a: &Agreement) -> String {
    format!("{} \u{201c}{}\u{201d}", a.id, super::text::harmless(&a.name))
}

fn named(agreements: &[&Agreement]) -> String {
    agreements.iter().map(|a| told(a)).collect::<Vec<_>>().join(", ")
}

fn gone(id: i64, by: &str) -> Problem {
    Problem::new(
        ProblemKind::Incomplete,
        "agreement-gone",
        format!("agreement {id}, {by}, is not among the agreements of the last pull"),
        "run `addendum pull agreements`, or choose another one",
    )
}
