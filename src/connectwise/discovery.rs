//! `companyinfo`: tells a mistyped company id from bad keys before any key is sent, and learns the
//! code base (connectwise-api.md 2.2). A 404 under a code base that may have moved is asked again
//! under the present one, once.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::PsaError;
use super::call::{Answer, Call, Read, nothing};
use super::paging::unexpected;
use super::refusal;
use super::site::{self, DEFAULT_CODE_BASE};
use super::transport::Transport;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// A 404 leads to a look at the code base at most so often.
const LOOK_AGAIN: Duration = Duration::from_secs(300);

/// What `companyinfo` says, as far as it matters here.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct CompanyInfo {
    codebase: Option<String>,
    site_url: Option<String>,
}

impl Transport {
    /// The code base that the PSA names; `None` where it has no such endpoint.
    pub(super) async fn ask_code_base(&self) -> Result<Option<String>, PsaError> {
        let mut unreachable = None;
        for url in self.site.company_info(&self.company_id) {
            let mut call = Call::get("/login/companyinfo");
            call.keyless = Some(url);
            call.most_retries = 2;
            let answer = match self.send(&call, &mut nothing).await {
                Ok(answer) => answer,
                Err(e @ (PsaError::NotSent { .. } | PsaError::Lost { .. })) => {
                    // A page instead of data is a host without the endpoint.
                    if e.problem().code != "not-json" {
                        unreachable = Some(e);
                    }
                    continue;
                }
                Err(PsaError::Refused { status: 429, problem, raw }) => {
                    return Err(PsaError::Refused { status: 429, problem, raw });
                }
                Err(PsaError::Refused { .. }) => continue,
            };
            return self.read_company_info(&answer);
        }
        unreachable.map_or(Ok(None), Err)
    }

    fn read_company_info(&self, answer: &Answer) -> Result<Option<String>, PsaError> {
        let info = match serde_json::from_str::<Option<CompanyInfo>>(&answer.body) {
            Ok(Some(info)) => info,
            Ok(None) => {
                return Err(PsaError::Refused {
                    status: answer.status,
                    problem: Problem::new(
                        ProblemKind::PsaRefused,
                        "unknown-company",
                        format!(
                            "{} does not know the company id \u{201c}{}\u{201d}",
                            self.site.api_host(),
                            harmless(&self.company_id)
                        ),
                        "set connectwise.company_id to the company name that you type when you \
                         sign in to ConnectWise, and connectwise.site to its region",
                    ),
                    raw: refusal::raw(answer.body.as_bytes()),
                });
            }
            // Some other document: the endpoint is something else there.
            Err(_) => return Ok(None),
        };
        if let Some(named) = info.site_url.as_deref().map(str::trim)
            && !named.is_empty()
            && !named.contains(self.site.api_host())
        {
            // Not followed: keys go to the configured host only.
            tracing::warn!(host = harmless(named), "companyinfo names another API host");
        }
        let named = info.codebase.as_deref().and_then(site::code_base);
        // Outside ConnectWise's own cloud the code base is always the same.
        Ok(if self.site.is_cloud() { named } else { named.map(|_| DEFAULT_CODE_BASE.to_owned()) })
    }

    /// [`Transport::send`], and on 404 once more under the code base that the PSA names now.
    pub(super) async fn call(&self, call: &Call) -> Result<Answer, PsaError> {
        self.call_and_read(call, &mut nothing).await
    }

    /// The same for a document: what it says, and the `Link` header. What is JSON but not what was
    /// expected is no answer.
    pub(super) async fn ask<T: DeserializeOwned + Send>(
        &self,
        call: &Call,
    ) -> Result<(T, Option<String>), PsaError> {
        let (said, answer) = self.ask_for(call, |text| serde_json::from_str(text)).await?;
        Ok((said?, answer.link))
    }

    /// What `read` finds in an answer, and the answer. It is read once, while it is judged.
    pub(super) async fn ask_for<T: Send>(
        &self,
        call: &Call,
        read: impl Fn(&str) -> serde_json::Result<T> + Send + Sync,
    ) -> Result<(Result<T, PsaError>, Answer), PsaError> {
        let mut said = None;
        let mut keep = |text: &str| {
            said = Some(read(text)?);
            Ok(())
        };
        let answer = self.call_and_read(call, &mut keep).await?;
        let said = match said {
            Some(said) => Ok(said),
            // To say why.
            None => read(&answer.body).map_err(|e| unexpected(&call.path, &e)),
        };
        Ok((said, answer))
    }

    async fn call_and_read(&self, call: &Call, read: &mut Read<'_>) -> Result<Answer, PsaError> {
        let refused = match self.send(call, read).await {
            Err(e @ PsaError::Refused { status: 404, .. }) => e,
            other => return other,
        };
        let old = self.code_base();
        // The default one does not move.
        if old == DEFAULT_CODE_BASE || !self.may_look().await {
            return Err(refused);
        }
        let new = match self.ask_code_base().await {
            Ok(Some(named)) if named != old => named,
            Ok(_) => DEFAULT_CODE_BASE.to_owned(),
            Err(_) => return Err(refused),
        };
        self.use_code_base(&new);
        match self.send(call, read).await {
            Err(PsaError::Refused { status: 404, .. }) => {
                self.use_code_base(&old);
                Err(refused)
            }
            other => {
                tracing::info!(code_base = new, "the code base has moved");
                other
            }
        }
    }

    async fn may_look(&self) -> bool {
        let mut looked = self.looked.lock().await;
        let may = looked.is_none_or(|at| at.elapsed() >= LOOK_AGAIN);
        if may {
            *looked = Some(Instant::now());
        }
        may
    }
}
