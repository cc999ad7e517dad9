//! The system itself: is it there, does it know us.

use crate::connectwise::call::Call;
use crate::connectwise::records::setup::InfoRecord;
use crate::connectwise::{Client, PsaError, SystemInfo};
use crate::domain::text::harmless;

impl Client {
    /// `GET /system/info`: one authenticated call. A PSA without the endpoint is asked for its
    /// agreement types instead, so that the keys are proven all the same.
    ///
    /// # Errors
    /// See [`PsaError`]; who is not let in is told why, as far as the answers tell.
    pub async fn system_info(&self) -> Result<SystemInfo, PsaError> {
        match self.ask_system().await {
            Err(e) => Err(self.explained(e).await),
            found => found,
        }
    }

    async fn ask_system(&self) -> Result<SystemInfo, PsaError> {
        let path = "/system/info";
        let mut call = Call::get(path);
        // Somebody is waiting to hear whether the set-up is right.
        call.most_retries = 2;
        let info = match self.transport().ask::<InfoRecord>(&call).await {
            Ok((info, _)) => info,
            Err(PsaError::Refused { status: 404 | 405, .. }) => {
                call = Call::get("/finance/agreements/types").with("pageSize", 1);
                call.most_retries = 2;
                self.transport().call(&call).await?;
                InfoRecord::default()
            }
            Err(e) => return Err(e),
        };
        Ok(SystemInfo {
            base: self.transport().base_address(),
            version: info.version.as_deref().map(harmless).unwrap_or_default(),
            time_zone: info.server_time_zone.as_deref().map(harmless),
        })
    }
}
