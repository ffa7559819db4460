vcl 4.1;

# Varnish 6 or newer, in front of MagnaPP. It speaks no TLS: something in front of it does, such as hitch, and speaks plain HTTP/1.1 to it. Streams are piped, which HTTP/2 to Varnish
# cannot be, so leave its feature http2 off.
#
# How many streams it holds: each takes a thread. thread_pools times thread_pool_max, by default 2 times 5000, is their number.

import std;

backend magnapp {
    .host = "127.0.0.1";
    .port = "8000";
    .first_byte_timeout = 60s;
    .between_bytes_timeout = 60s;
}

# What ends TLS for us. Its headers are believed, and nobody else's.
acl tls_proxy {
    "127.0.0.1";
}

sub vcl_recv {
    # Varnish has added client.ip to X-Forwarded-For. That is the browser's only where the browser asks itself, or where what is in front speaks the PROXY protocol.
    if (client.ip !~ tls_proxy) {
        set req.http.X-Forwarded-For = client.ip;
        set req.http.X-Forwarded-Proto = "http";
    } elsif (!req.http.X-Forwarded-Proto) {
        set req.http.X-Forwarded-Proto = "http";
    }
    set req.http.X-Forwarded-Host = req.http.Host;

    if (req.url ~ "^/api/sse") {
        return (pipe);                    # passed, a stream would be cut after send_timeout, 600 s
    }
    if (req.url ~ "^/(api/|health|livez|readyz|metrics)") {
        return (pass);
    }
}

sub vcl_pipe {
    set bereq.http.Connection = "close";  # one stream, and nothing after it that would be piped too
}

sub vcl_backend_response {
    if (beresp.http.Content-Type ~ "^text/event-stream") {
        set beresp.do_gzip = false;
        set beresp.do_stream = true;
    }
}
