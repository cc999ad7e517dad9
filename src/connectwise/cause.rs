//! Why nobody is let in, as far as ConnectWise tells. Its refusals are few and the same for several
//! causes (connectwise-api.md 2.2, 6.2); a look at `companyinfo`, which needs no keys, and at what
//! kind of answer came tells most of them apart.

use super::{Client, PsaError};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

impl Client {
    /// The error of a first call, with what a second look tells: a company id that is unknown there,
    /// or a host that is no ConnectWise at all.
    pub(super) async fn explained(&self, error: PsaError) -> PsaError {
        match error {
            PsaError::Refused { status, problem, raw }
                if matches!(problem.code.as_ref(), "bad-keys" | "member-disabled") =>
            {
                match self.transport().ask_code_base().await {
                    Err(unknown) if unknown.problem().code == "unknown-company" => unknown,
                    Ok(Some(_)) => {
                        PsaError::Refused { status, problem: self.company_known(problem), raw }
                    }
                    _ => PsaError::Refused { status, problem, raw },
                }
            }
            PsaError::Refused { status: 404, problem, raw } => {
                PsaError::Refused { status: 404, problem: self.no_psa(&problem), raw }
            }
            // A page instead of data: there is a server, and it is another one.
            PsaError::Lost { problem } if problem.code == "not-json" => PsaError::Refused {
                status: 200,
                raw: String::new(),
                problem: self.no_psa(&problem),
            },
            other => other,
        }
    }

    fn company_known(&self, mut problem: Problem) -> Problem {
        let company = harmless(&self.transport().company_id);
        problem.message.push_str(&format!(
            "; the company id \u{201c}{company}\u{201d} is known there, so it is the keys or their \
             member"
        ));
        problem
    }

    fn no_psa(&self, problem: &Problem) -> Problem {
        Problem::new(
            ProblemKind::PsaRefused,
            "wrong-host",
            format!(
                "{} does not answer as ConnectWise's API does: {}",
                self.transport().site.api_host(),
                problem.message
            ),
            "set connectwise.site to the host where you sign in to ConnectWise; if it is that one, \
             make new keys: some servers answer so to keys that they do not accept",
        )
    }
}
