//! Serving.
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::faults::FaultSwitch;
use super::options::SandboxOptions;
use super::recorded::RequestLog;
use super::sample::Sample;

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) options: SandboxOptions,
    pub(super) faults: FaultSwitch,
    pub(super) log: RequestLog,
    pub(super) sample: Sample,
}

impl Shared {
    pub(super) fn new(options: SandboxOptions, faults: FaultSwitch) -> Self {
        let sample = Sample::new(&options);
        Self { options, faults, log: RequestLog::default(), sample }
    }
}

pub(super) async fn serve(
    _listener: tokio::net::TcpListener,
    _shared: Arc<Shared>,
    stop: CancellationToken,
) {
    stop.cancelled().await;
}
