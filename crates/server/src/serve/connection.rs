//! Connections: accepted, served with time-outs, and drained at the end. It must not know what is asked.

use std::{pin::pin, sync::Arc, time::Duration};

use axum::{body::Body, extract::ConnectInfo};
use http::Request;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, time::timeout};
use tower::ServiceExt as _;

use super::{App, routes::routes};

/// Longest wait for the headers of a request.
const HEADER_WAIT: Duration = Duration::from_secs(5);
/// Longest wait for requests that are under way at the end.
const DRAIN_WAIT: Duration = Duration::from_secs(20);
/// Pause after a connection could not be accepted: the process has too many files open, say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves connections until `shutdown` is done; then accepts no more, and returns when those under way are answered,
/// or after 20 s.
pub async fn serve(app: Arc<App>, listener: TcpListener, shutdown: impl Future<Output = ()>) {
    let routes = routes(&app);
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_WAIT);
    server.http2().timer(TokioTimer::new());
    let draining = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        // Answers are small: they should not wait for more.
        let _ = stream.set_nodelay(true);
        let service = routes.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        });
        let service = TowerToHyperService::new(service);
        let connection = server.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = draining.watch(connection);
        tokio::spawn(async move {
            // A client that goes away is no failure of ours.
            let _ = connection.await;
        });
    }
    drop(listener);
    app.ending.send_replace(true);
    if timeout(DRAIN_WAIT, draining.shutdown()).await.is_err() {
        tracing::warn!("some requests were not answered in time; what was acknowledged is stored");
    }
}
