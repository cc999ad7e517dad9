//! The wire between the program and the sandbox, which can be cut: requests that were on their way
//! may have arrived, and no answer comes back.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A wire to a server.
pub struct Wire {
    address: SocketAddr,
    whole: watch::Sender<bool>,
}

impl Wire {
    /// A whole wire.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (whole, state) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, server, state.clone()));
            }
        });
        Self { address, whole }
    }

    /// What the program takes for the site.
    pub fn site(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Cuts it, in the middle of whatever is on it.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Makes it whole again, for new connections.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

/// Carries bytes both ways until an end is closed or the wire is cut. Dropped sockets are closed.
async fn carry(mut near: TcpStream, server: SocketAddr, mut whole: watch::Receiver<bool>) {
    let both = async {
        let mut far = TcpStream::connect(server).await?;
        tokio::io::copy_bidirectional(&mut near, &mut far).await
    };
    tokio::select! {
        biased;
        _ = whole.wait_for(|whole| !*whole) => {}
        _ = both => {}
    }
}
