//! Connections: accepted, served with time-outs, and drained at the end. It must not know what is asked.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{body::Body, extract::ConnectInfo, response::Response};
use http::Request;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};
use tower::{Service, ServiceExt as _};
use waymark_collect::shares::Share;

use super::{App, Job, Tls, patient::Patient, peer::is_trusted, routes::routes};

/// Longest wait for the headers of a request, and for the next request on a connection.
const HEADER_WAIT: Duration = Duration::from_secs(5);
/// Longest wait for requests that are under way at the end.
const DRAIN_WAIT: Duration = Duration::from_secs(20);
/// Pause after a connection could not be accepted: the process has too many files open, say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Bytes of a connection's buffer, and so of the headers of a request.
const BUFFER_BYTES: usize = 16 << 10;
/// Requests at a time on a connection of HTTP/2.
const STREAMS: u32 = 64;

/// Where connections come in.
#[derive(Debug)]
pub struct Endpoint {
    /// The address.
    pub listener: TcpListener,
    /// What speaks TLS, if that is spoken.
    pub tls: Option<Arc<Tls>>,
}

/// What serves a connection. Which HTTP is spoken is agreed with TLS (RFC 7301), and without TLS it is HTTP/1.1: who says nothing
/// cannot keep the server waiting for a word that tells.
#[derive(Clone)]
struct Server {
    http: auto::Builder<TokioExecutor>,
    tls: Option<Arc<Tls>>,
    ending: watch::Receiver<bool>,
}

/// Serves connections until `shutdown` is done; then accepts no more, and returns when those under way are answered,
/// or after 20 s.
pub async fn serve(app: Arc<App>, endpoint: Endpoint, shutdown: impl Future<Output = ()>) {
    let Endpoint { listener, tls } = endpoint;
    let routes = routes(&app);
    let server = Server { http: http(), tls, ending: app.ending.subscribe() };
    let draining = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &app.connections) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let Some(share) = share(&app, peer.ip()) else { continue };
        let (server, routes, watcher) = (server.clone(), routes.clone(), draining.watcher());
        app.jobs.spawn(Job::Connections, async move {
            server.connection(stream, peer, routes, watcher).await;
            drop((place, share));
            Ok::<_, Infallible>(())
        });
    }
    app.ending.send_replace(true);
    drop(listener);
    if timeout(DRAIN_WAIT, draining.shutdown()).await.is_err() {
        tracing::warn!("some requests were not answered in time; what was acknowledged is stored");
    }
}

fn http() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_WAIT).max_buf_size(BUFFER_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(BUFFER_BYTES as u32)
        .keep_alive_interval(HEADER_WAIT)
        .keep_alive_timeout(HEADER_WAIT);
    http
}

/// The next connection, once there is a place for it: what comes before waits in the system's queue.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// The connection's part of what its sender may have open; `None` when that is too much, and the connection is closed at once. What
/// a trusted proxy passes on comes from many senders, which it bounds itself.
fn share(app: &App, peer: IpAddr) -> Option<Option<Share>> {
    if is_trusted(&app.settings.trusted_proxies, peer) {
        return Some(None);
    }
    let mut share = app.connection_shares.of(peer);
    if share.grow(1) {
        return Some(Some(share));
    }
    app.metrics.turned_away();
    None
}

impl Server {
    /// Serves a connection to its end. A client that goes away is no failure of ours.
    async fn connection<S>(&self, stream: TcpStream, peer: SocketAddr, routes: S, watcher: Watcher)
    where
        S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
    {
        // Answers are small: they should not wait for more.
        let _ = stream.set_nodelay(true);
        match &self.tls {
            None => {
                let stream = Patient::new(stream, self.ending.clone());
                requests(self.http.clone().http1_only(), stream, peer, routes, watcher).await;
            }
            Some(tls) => {
                if let Ok(stream) = tls.accept(stream).await {
                    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                    let http = self.http.clone();
                    let stream = Patient::new(stream, self.ending.clone());
                    let http = if is_http2 { http.http2_only() } else { http.http1_only() };
                    requests(http, stream, peer, routes, watcher).await;
                }
            }
        }
    }
}

async fn requests<S, I>(
    http: auto::Builder<TokioExecutor>,
    stream: I,
    peer: SocketAddr,
    routes: S,
    watcher: Watcher,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let service = routes.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(Body::new)
    });
    let service = TowerToHyperService::new(service);
    let connection = http.serve_connection(TokioIo::new(stream), service).into_owned();
    let _ = watcher.watch(connection).await;
}
