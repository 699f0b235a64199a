#include "host/wire/connection_core.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "host/wire/sasl.h"

namespace host::wire {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::string_view kSaslAuthentication =
    "org.apache.kafka.common.errors.SaslAuthenticationException";

// SaslHandshake v1 and SaslAuthenticate v1.
struct SaslHandshake {
  static constexpr std::int16_t kKey = 17;
  static constexpr std::int16_t kVersion = 1;
};
struct SaslAuthenticate {
  static constexpr std::int16_t kKey = 36;
  static constexpr std::int16_t kVersion = 1;
};

// Challenges of one authentication; every mechanism needs fewer.
constexpr int kMostRounds = 8;

struct Challenge {
  GroupError error = GroupError::None;
  std::string message;
  std::string token;
  std::int64_t lifetime_ms = 0; // of the session; 0: no end
};

Result<Challenge> decode_challenge(std::string_view body) {
  Decoder in(body);
  Challenge challenge;
  challenge.error = static_cast<GroupError>(in.int16());
  challenge.message = in.nullable().value_or("");
  challenge.token = in.data();
  challenge.lifetime_ms = in.int64();
  HOST_TRY(in.finish("authenticating"));
  return challenge;
}

// What a broker says about a mechanism: `PLAIN, SCRAM-SHA-512`.
Result<std::string> decode_handshake(std::string_view body, GroupError &error) {
  constexpr std::size_t kLeastName = 2;
  Decoder in(body);
  error = static_cast<GroupError>(in.int16());
  std::string names;
  for (std::int32_t rest = in.count(kLeastName); rest > 0; --rest)
    names += (names.empty() ? "" : ", ") + in.string();
  HOST_TRY(in.finish("choosing a SASL mechanism"));
  return names;
}

} // namespace

// A name server is not asked for longer than to the deadline; what it says later reaches nobody.
Async<Status> Connection::Core::resolve(TimePoint deadline, tcp::resolver::results_type &found) {
  struct Asked {
    explicit Asked(asio::io_context &io) : resolver(io), timer(io) {}
    tcp::resolver resolver;
    asio::steady_timer timer;
    std::optional<ErrorValue> error;
    tcp::resolver::results_type found;
  };
  const auto asked = std::make_shared<Asked>(io);
  asked->timer.expires_at(deadline);
  asked->resolver.async_resolve(address.host, address.port,
                                [asked](const ErrorValue &error, auto results) {
                                  asked->error = error;
                                  asked->found = std::move(results);
                                  asked->timer.cancel();
                                });
  ErrorValue woken;
  co_await asked->timer.async_wait(awaited(woken));
  late = !asked->error;
  if (late || *asked->error)
    co_return fail(failed("looking up", asked->error.value_or(ErrorValue())));
  found = std::move(asked->found);
  co_return Status();
}

Async<Status> Connection::Core::connect(TimePoint deadline) {
  ErrorValue no_address;
  const auto numeric = asio::ip::make_address(address.host, no_address);
  std::uint16_t port = 0;
  const char *end = address.port.data() + address.port.size();
  const bool whole = std::from_chars(address.port.data(), end, port).ptr == end;
  ErrorValue error;
  if (!no_address && whole) {
    set_alarm(deadline);
    co_await socket.async_connect(tcp::endpoint(numeric, port), awaited(error));
  } else {
    tcp::resolver::results_type found;
    HOST_CO_TRY(co_await resolve(deadline, found));
    set_alarm(deadline);
    co_await asio::async_connect(socket, found, awaited(error));
  }
  alarm.cancel();
  if (error || closed)
    co_return fail(failed("connecting to", error));
  ErrorValue ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  co_return Status();
}

Async<Status> Connection::Core::start_tls() {
  if (!security.tls)
    co_return Status();
  HOST_CO_ASSIGN(tls, TlsChannel::make(*security.tls, socket, address.host));
  ErrorValue error;
  co_await tls->stream().async_handshake(asio::ssl::stream_base::client, awaited(error));
  if (error)
    co_return fail(failed("TLS handshake with", error));
  tls->handshake_done();
  co_return Status();
}

Async<Status> Connection::Core::ask_versions() {
  const Encoder nothing;
  HOST_CO_ASSIGN(const std::string body,
                 co_await exchange(ApiVersions::kKey, ApiVersions::kVersion, nothing));
  HOST_CO_ASSIGN(apis, decode_apis(body));
  if (apis.error == GroupError::IllegalSaslState)
    co_return fail(Code::Config, kSaslAuthentication,
                   fmt::format("{} wants SASL: look at security.protocol", peer()));
  if (apis.error != GroupError::None)
    co_return fail(Code::Unsupported, fmt::format("{} refuses to tell its versions: {}", peer(),
                                                  describe(apis.error)));
  co_return Status();
}

Async<Status> Connection::Core::authenticate() {
  if (!security.sasl)
    co_return Status();
  const SaslSettings &sasl = *security.sasl;
  Encoder mechanism;
  mechanism.string(name_of(sasl.mechanism));
  auto body = co_await exchange(SaslHandshake::kKey, SaslHandshake::kVersion, mechanism);
  if (!body) {
    if (body.error().code() != Code::Retry || closed || late)
      co_return fail(std::move(body).error());
    co_return fail(Code::Retry, kSaslAuthentication,
                   fmt::format("{} does not take part in SASL: look at security.protocol ({})",
                               peer(), body.error().message()));
  }
  GroupError error = GroupError::None;
  HOST_CO_ASSIGN(const std::string enabled, decode_handshake(*body, error));
  if (error == GroupError::IllegalSaslState)
    co_return fail(Code::Config, kSaslAuthentication,
                   fmt::format("the listener of {} has no SASL: look at security.protocol, or at "
                               "the port in bootstrap.servers",
                               peer()));
  if (error != GroupError::None)
    co_return fail(Code::Config, kSaslAuthentication,
                   fmt::format("{} does not enable {} ({}); look at sasl.mechanism: it enables {}",
                               peer(), name_of(sasl.mechanism), describe(error), enabled));
  co_return co_await send_tokens(sasl);
}

Async<Status> Connection::Core::send_tokens(const SaslSettings &sasl) {
  const std::unique_ptr<SaslClient> client = make_sasl_client(sasl);
  HOST_CO_ASSIGN(std::string token, client->first());
  for (int round = 0; round < kMostRounds; ++round) {
    Encoder request;
    request.data(token);
    HOST_CO_ASSIGN(const std::string body,
                   co_await exchange(SaslAuthenticate::kKey, SaslAuthenticate::kVersion, request));
    HOST_CO_ASSIGN(const Challenge challenge, decode_challenge(body));
    if (challenge.error != GroupError::None)
      co_return fail(
          Code::Config, kSaslAuthentication,
          fmt::format("{} refuses the {} credentials: {}; look at {}", peer(),
                      name_of(sasl.mechanism),
                      challenge.message.empty() ? describe(challenge.error) : challenge.message,
                      key_to_look_at(sasl.mechanism)));
    auto next = client->answer(challenge.token);
    if (!next)
      co_return fail(std::move(next).error().context(peer()));
    if (!next->has_value()) {
      authenticate_again.reset();
      // Before the broker closes the connection, and at any broker's word not too often.
      if (challenge.lifetime_ms > 0)
        authenticate_again =
            std::chrono::steady_clock::now() +
            Duration(std::clamp<std::int64_t>(challenge.lifetime_ms, 1000, 86'400'000) * 17 / 20);
      co_return Status();
    }
    token = **std::move(next);
  }
  co_return fail(Code::Data, kSaslAuthentication,
                 fmt::format("{} goes on asking in {} where nothing is left to say", peer(),
                             name_of(sasl.mechanism)));
}

} // namespace host::wire
