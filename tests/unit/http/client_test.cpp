#include "host/http/client.h"

#include <sys/socket.h>

#include <atomic>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <httplib.h>

#include "host/base/fd.h"
#include "tests/support/loopback_port.h"
#include "tests/unit/http/serving.h"

namespace host::http {
namespace {

using Plain = Serving<httplib::Server>;

Url url(const tests::LoopbackPort &port) { return {false, "127.0.0.1", port.port(), {}}; }

// Takes one connection and writes `text` to it, then closes it once the client has spoken.
void answer_once(const tests::LoopbackPort &listener, std::string_view text) {
  const UniqueFd peer = listener.accept();
  char request[4096];
  ASSERT_GT(::recv(peer.get(), request, sizeof request, 0), 0);
  ASSERT_EQ(::send(peer.get(), text.data(), text.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(text.size()));
}

Error error_of(const Result<Response> &result) {
  return result ? Error(Code::Internal, "no error") : result.error();
}

TEST(Client, sends_method_target_and_body_as_they_are) {
  httplib::Request seen;
  Plain server([&](const httplib::Request &in, httplib::Response &out) {
    seen = in;
    out.status = 201;
    out.set_content(R"({"a":1})", "application/json");
  });
  const auto reply =
      Client(server.url("/connect")).send({"PUT", "/connectors/a%2Fb/config?x=1", "{}"});
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->status, 201);
  EXPECT_EQ(reply->content_type, "application/json");
  EXPECT_EQ(reply->body, R"({"a":1})");
  EXPECT_EQ(seen.method, "PUT");
  EXPECT_EQ(seen.target, "/connect/connectors/a%2Fb/config?x=1");
  EXPECT_EQ(seen.body, "{}");
  EXPECT_EQ(seen.get_header_value("Content-Type"), "application/json");
}

TEST(Client, sends_no_content_type_without_a_body) {
  httplib::Request seen;
  Plain server([&](const httplib::Request &in, httplib::Response &out) {
    seen = in;
    out.status = 204;
  });
  const auto reply = Client(server.url()).send({"PUT", "/connectors/a/pause", {}});
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->status, 204);
  EXPECT_TRUE(reply->ok());
  EXPECT_EQ(reply->body, "");
  EXPECT_FALSE(seen.has_header("Content-Type"));
  EXPECT_EQ(seen.get_header_value("Content-Length"), "0");
}

TEST(Client, says_what_it_takes) {
  std::string seen;
  Plain server([&](const httplib::Request &in, httplib::Response &) {
    seen = in.get_header_value("Accept");
  });
  Request request{"GET", "/metrics", {}};
  ASSERT_TRUE(Client(server.url()).send(request));
  EXPECT_EQ(seen, "application/json");
  request.accept = "text/plain";
  ASSERT_TRUE(Client(server.url()).send(request));
  EXPECT_EQ(seen, "text/plain");
}

TEST(Client, takes_every_status_for_an_answer) {
  Plain server([](const httplib::Request &, httplib::Response &out) {
    out.status = 409;
    out.set_content("rebalance", "text/plain");
  });
  const auto reply = Client(server.url()).send({"DELETE", "/connectors/a", {}});
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(reply->status, 409);
  EXPECT_FALSE(reply->ok());
  EXPECT_EQ(reply->body, "rebalance");
}

TEST(Client, says_that_nobody_listens) {
  const tests::LoopbackPort closed(false);
  const Error error = error_of(Client(url(closed)).send({"GET", "/", {}}));
  EXPECT_EQ(error.code(), Code::Unavailable);
  EXPECT_EQ(error.message(), "cannot reach " + url(closed).text() +
                                 ": nothing accepts connections there. Is the worker running, "
                                 "with this address in `listeners`?");
}

TEST(Client, says_that_a_name_is_unknown) {
  const Error error = error_of(Client({false, "worker.invalid", 8083, {}}).send({"GET", "/", {}}));
  EXPECT_EQ(error.code(), Code::Unavailable);
  EXPECT_EQ(error.message(), "cannot reach http://worker.invalid:8083: no host is known by the "
                             "name `worker.invalid`");
}

TEST(Client, gives_up_on_a_server_that_does_not_answer) {
  const tests::LoopbackPort silent;
  ClientOptions options;
  options.timeout = Duration(30);
  const Error error = error_of(Client(url(silent), options).send({"GET", "/", {}}));
  EXPECT_EQ(error.code(), Code::Timeout);
  EXPECT_EQ(error.message(), url(silent).text() + " did not answer within 0.03 s");
}

TEST(Client, gives_up_on_a_body_that_never_ends) {
  std::atomic<bool> over = false;
  Plain server([&](const httplib::Request &, httplib::Response &out) {
    out.set_chunked_content_provider("text/plain", [&](std::size_t, httplib::DataSink &sink) {
      return sink.write(".", 1) && !over;
    });
  });
  ClientOptions options;
  options.timeout = Duration(30);
  const Error error = error_of(Client(server.url(), options).send({"GET", "/", {}}));
  over = true;
  EXPECT_EQ(error.code(), Code::Timeout) << error.message();
}

TEST(Client, refuses_a_body_beyond_the_limit) {
  Plain server([](const httplib::Request &, httplib::Response &out) {
    out.set_content(std::string(1001, 'x'), "text/plain");
  });
  ClientOptions options;
  options.max_body = 1000;
  const Error error = error_of(Client(server.url(), options).send({"GET", "/", {}}));
  EXPECT_EQ(error.code(), Code::Io);
  EXPECT_NE(error.message().find("sent more than 1000 bytes"), std::string::npos)
      << error.message();
  options.max_body = 1001;
  EXPECT_TRUE(Client(server.url(), options).send({"GET", "/", {}}));
}

TEST(Client, says_that_the_answer_is_incomplete) {
  for (const char *text :
       {"", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}) {
    const tests::LoopbackPort listener;
    std::thread peer([&] { answer_once(listener, text); });
    const Error error = error_of(Client(url(listener)).send({"GET", "/", {}}));
    peer.join();
    EXPECT_EQ(error.code(), Code::Io) << text;
    EXPECT_NE(error.message().find("closed the connection before its answer was complete"),
              std::string::npos)
        << text << error.message();
  }
}

TEST(Client, follows_no_redirect) {
  int requests = 0;
  Plain server([&](const httplib::Request &, httplib::Response &out) {
    ++requests;
    out.set_redirect("/elsewhere");
  });
  const auto reply = Client(server.url()).send({"GET", "/", {}});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 302);
  EXPECT_EQ(requests, 1);
}

TEST(Client, speaks_no_tls_to_a_plain_server) {
  Plain server([](const httplib::Request &, httplib::Response &) {});
  Url url = server.url();
  url.tls = true;
  const Error error = error_of(Client(url).send({"GET", "/", {}}));
  EXPECT_EQ(error.code(), Code::Unavailable);
  EXPECT_EQ(error.message(), "no TLS with " + url.text() + ": does it serve https on this port?");
}

} // namespace
} // namespace host::http
