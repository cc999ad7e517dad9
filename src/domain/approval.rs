//! The rule of two persons (`billing.approval = "two-person"`): what is written to the PSA was
//! approved by another person than the one who prepared it. Pure: who made and approved what comes
//! from the audit journal.

use super::journal::RunId;
use super::problem::{Problem, ProblemKind};

/// Whether writes need another person's approval (`billing.approval`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Approval {
    /// They do not.
    #[default]
    Off,
    /// A plan is carried out only when another system user than its maker approved that very plan.
    TwoPerson,
}

/// What is approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// A saved plan, by the digest of its file.
    Plan(String),
    /// Taking a run back.
    Undo(RunId),
    /// Posting the credit for what could not be taken back of a run.
    Credit(RunId),
}

impl Matter {
    /// How the audit journal names it.
    pub fn told(&self) -> String {
        match self {
            Self::Plan(digest) => format!("plan {digest}"),
            Self::Undo(run) => format!("undo {}", run.0),
            Self::Credit(run) => format!("undo {} --credit", run.0),
        }
    }

    /// The command that approves it.
    fn approve(&self) -> String {
        match self {
            Self::Plan(_) => "`addendum approve FILE`".to_owned(),
            Self::Undo(run) => format!("`addendum approve --undo {}`", run.0),
            Self::Credit(run) => format!("`addendum approve --undo {} --credit`", run.0),
        }
    }
}

/// The digest by which a plan file is known: of its bytes, as `b3sum` prints it.
pub fn digest(file: &[u8]) -> String {
    blake3::hash(file).to_hex().to_string()
}

/// Whether `who` may approve a matter that `makers` prepared.
///
/// # Errors
/// He made it himself, or a plan was made by nobody here: it was changed since, or made elsewhere.
pub fn may_approve(matter: &Matter, makers: &[String], who: &str) -> Result<(), Problem> {
    let refuse = |code: &'static str, message: String, remedy: &str| {
        Err(Problem::new(ProblemKind::Refused, code, message, remedy))
    };
    if makers.is_empty() && matches!(matter, Matter::Plan(_)) {
        return refuse(
            "plan-unknown",
            "no plan with this content was made in this profile: the file was changed since, or \
             was made elsewhere"
                .into(),
            "make the plan again with `addendum plan --out FILE` and approve that file as it is",
        );
    }
    if makers.iter().any(|m| m == who) {
        return refuse(
            "own-plan",
            format!("{who} made the plan, and nobody approves what he made himself"),
            "let another system user run `addendum approve FILE`",
        );
    }
    Ok(())
}

/// Whether a matter may be carried out by `who`, given who made and who approved it.
///
/// # Errors
/// Nobody else has approved it yet.
pub fn may_carry_out(
    matter: &Matter,
    makers: &[String],
    approvers: &[String],
    who: &str,
) -> Result<(), Problem> {
    let known = match matter {
        Matter::Plan(_) => !makers.is_empty(),
        // What has no maker is prepared by whoever carries it out.
        Matter::Undo(_) | Matter::Credit(_) => true,
    };
    let another = |a: &String| match matter {
        Matter::Plan(_) => !makers.contains(a),
        Matter::Undo(_) | Matter::Credit(_) => a != who,
    };
    if known && approvers.iter().any(another) {
        return Ok(());
    }
    let what = match matter {
        Matter::Plan(_) => "this plan was not approved as it is".to_owned(),
        Matter::Undo(run) => format!("that run {} is taken back was not approved", run.0),
        Matter::Credit(run) => format!("the credit for run {} was not approved", run.0),
    };
    Err(Problem::new(
        ProblemKind::Refused,
        "not-approved",
        format!("{what} by another user, and billing.approval is \"two-person\""),
        format!("let another system user run {}, then run this again", matter.approve()),
    ))
}

/// What is refused when it comes without a plan file.
pub fn needs_a_plan(what: &str) -> Problem {
    Problem::new(
        ProblemKind::Refused,
        "approval-needed",
        format!("{what} without an approved plan is refused: billing.approval is \"two-person\""),
        "save the plan with `addendum plan --out FILE`, let another system user run \
         `addendum approve FILE`, then run `addendum sync --plan FILE`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nobody_approves_his_own_plan_or_one_that_nobody_made() {
        let plan = Matter::Plan(digest(b"plan"));
        for (makers, who, code) in [
            (&[][..], "bob", Some("plan-unknown")),
            (&["ada"][..], "ada", Some("own-plan")),
            (&["ada", "bob"][..], "bob", Some("own-plan")),
            (&["ada"][..], "bob", None),
        ] {
            let got = may_approve(&plan, &people(makers), who).err();
            assert_eq!(got.as_ref().map(|p| &*p.code), code, "{makers:?} {who}");
        }
        assert!(may_approve(&Matter::Undo(RunId(4)), &[], "bob").is_ok());
    }

    #[test]
    fn a_plan_needs_an_approval_of_somebody_who_did_not_make_it() {
        let plan = Matter::Plan(digest(b"plan"));
        for (makers, approvers, may) in [
            (&["ada"][..], &[][..], false),
            (&["ada"][..], &["ada"][..], false),
            (&["ada"][..], &["bob"][..], true),
            // Both made it: then each of the two approved his own.
            (&["ada", "bob"][..], &["bob"][..], false),
            (&[][..], &["bob"][..], false),
        ] {
            // Whoever of the two carries it out.
            for who in ["ada", "bob"] {
                let got = may_carry_out(&plan, &people(makers), &people(approvers), who);
                assert_eq!(got.is_ok(), may, "{makers:?} {approvers:?}");
            }
        }
    }

    #[test]
    fn an_undo_needs_two_persons_too() {
        for matter in [Matter::Undo(RunId(4)), Matter::Credit(RunId(4))] {
            assert!(may_carry_out(&matter, &[], &people(&["bob"]), "ada").is_ok());
            let own = may_carry_out(&matter, &[], &people(&["ada"]), "ada").unwrap_err();
            assert_eq!((&*own.code, own.kind), ("not-approved", ProblemKind::Refused));
            assert!(own.remedy.contains("--undo 4"), "{}", own.remedy);
        }
    }
}
