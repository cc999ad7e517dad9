//! A feed read in this process, for looking at the lines.

use addendum::domain::line::CanonicalLine;
use addendum::domain::load::LoadedLine;
use addendum::domain::policy::Policy;
use addendum::domain::problem::{FileProblem, Problem};
use addendum::sandbox::{BadData, Faults, Feed, Sandbox, SandboxOptions};
use addendum::sources::{self, Origin, ReadReport, Source, SourceError};
use secrecy::SecretString;

/// A sandbox with a runtime of its own.
pub struct Feeds {
    pub sandbox: Sandbox,
    // The sandbox is served by it: it goes last.
    _runtime: tokio::runtime::Runtime,
}

pub type Outcome = Result<(Vec<LoadedLine>, ReadReport), SourceError>;

impl Feeds {
    /// With so many lines over two months, all of which can be posted.
    pub fn with(lines: usize) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let options =
            SandboxOptions { companies: 40, lines, tidy: true, ..SandboxOptions::default() };
        let sandbox = runtime.block_on(Sandbox::start(options)).expect("the sandbox starts");
        Self { sandbox, _runtime: runtime }
    }

    pub fn bad(&self, bad_data: &[BadData]) {
        let faults = Faults { bad_data: bad_data.to_vec(), ..Faults::default() };
        self.sandbox.faults().set(faults).unwrap();
    }

    /// Reads the month before today's.
    pub fn read(&self, feed: Feed) -> Outcome {
        self.read_with(feed.name(), feed, Some(feed.secret()))
    }

    pub fn read_with(&self, profile: &str, feed: Feed, secret: Option<&str>) -> Outcome {
        let secret = secret.map(SecretString::from);
        let source =
            Source { account: feed.account(), secret: secret.as_ref(), ..Source::of(profile) };
        let origin = Origin::Url(self.sandbox.feed_url(feed));
        let periods = [self.sandbox.sample().periods()[0]];
        let mut lines = Vec::new();
        let report = sources::read(source, &origin, &periods, &Policy::default(), &mut |batch| {
            lines.extend(batch);
            true
        })?;
        Ok((lines, report))
    }

    #[track_caller]
    pub fn lines(&self, feed: Feed) -> Vec<CanonicalLine> {
        let (lines, _) = self.read(feed).unwrap_or_else(|e| panic!("{feed:?}: {e}"));
        lines.into_iter().map(|l| l.line).collect()
    }

    /// The failure of the whole load; nothing secret is in it.
    #[track_caller]
    pub fn fails(&self, feed: Feed) -> Problem {
        match self.read(feed) {
            Err(SourceError::Failed(problem)) => {
                let told = problem.to_string();
                for part in feed.secret().split(':') {
                    assert!(!told.contains(part), "{told}");
                }
                assert!(!problem.remedy.is_empty(), "{told}");
                problem
            }
            other => panic!("{feed:?} must fail: {other:?}"),
        }
    }

    /// The first refused record.
    #[track_caller]
    pub fn refuses(&self, feed: Feed) -> FileProblem {
        match self.read(feed) {
            Err(SourceError::Refused(refusal)) => {
                let told = refusal.to_string();
                for part in feed.secret().split(':') {
                    assert!(!told.contains(part), "{told}");
                }
                let first = refusal.problems[0].clone();
                assert!(first.file.starts_with("http") && !first.remedy.is_empty(), "{told}");
                first
            }
            other => panic!("{feed:?} must refuse: {other:?}"),
        }
    }
}
