#include "host/cluster/tether.h"

#include "host/wire/coroutine.h" // before other uses of Asio

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/base/thread.h"

namespace host::cluster {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using wire::Async;
using wire::awaited;

const log::Logger kLog{"sluice.cluster"};

// The head of an answer is far smaller; what is larger is no worker's.
constexpr std::size_t kMostHead = 16 << 10;

struct Place {
  std::string host;
  std::string port;
  bool tls = false;
};

// Nothing for what cannot be tethered.
std::optional<Place> place_of(std::string_view url) {
  constexpr std::string_view kPlain = "http://";
  constexpr std::string_view kSecure = "https://";
  const bool tls = url.starts_with(kSecure);
  if (!tls && !url.starts_with(kPlain))
    return std::nullopt;
  url.remove_prefix(tls ? kSecure.size() : kPlain.size());
  url = url.substr(0, url.find('/'));
  const auto colon = url.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  std::string_view host = url.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  return Place{std::string(host), std::string(url.substr(colon + 1)), tls};
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  });
  return text;
}

} // namespace

class Tether::Core {
public:
  Core(std::function<void(const std::string &)> on_dead, const TetherTls &tls, TetherTimes times)
      : on_dead_(std::move(on_dead)), times_(times) {
    tls_.set_verify_mode(ssl::verify_none);
    if (!tls)
      return;
    if (const Status set_up = tls(tls_.native_handle()); !set_up)
      kLog.warn("workers at https:// are not seen to end before their session does: {}",
                set_up.error().message());
    tls_.set_verify_mode(ssl::verify_none);
  }

  void start() {
    thread_ = std::thread([this] {
      name_this_thread("tether");
      io_.run();
    });
  }
  void stop() {
    io_.stop(); // what waits goes with the io_context
    if (thread_.joinable())
      thread_.join();
  }
  void hold(std::vector<TetheredWorker> workers) {
    asio::post(io_, [this, workers = std::move(workers)] { take(workers); });
  }

private:
  enum class Answer : std::uint8_t { Ours = 1, Goodbye, Foreign, None };

  // One worker, as long as it is wanted.
  struct Guard {
    Guard(asio::io_context &io, TetheredWorker worker, Place place)
        : worker(std::move(worker)), place(std::move(place)), socket(io), resolver(io), timer(io) {}
    const TetheredWorker worker;
    const Place place;
    tcp::socket socket;
    std::optional<ssl::stream<tcp::socket &>> tls; // over that socket, of this connection
    tcp::resolver resolver;
    asio::steady_timer timer;
    std::uint64_t alarm = 0; // tells a timer that has fired already from the present one
    bool wanted = true;
    bool seen = false; // one of ours has answered here
  };
  using SharedGuard = std::shared_ptr<Guard>;

  void take(const std::vector<TetheredWorker> &workers);
  Async<void> watch(SharedGuard guard);
  Async<error_code> connect(Guard &guard);
  static Async<std::size_t> read(Guard &guard, asio::mutable_buffer into, error_code &error);
  Async<void> stay(SharedGuard guard);
  Async<Answer> ask(Guard &guard);
  Answer judge(std::string_view head) const;
  Async<void> pause(Guard &guard);
  void set_alarm(const SharedGuard &guard, Duration time);
  static void clear_alarm(Guard &guard);

  const std::function<void(const std::string &)> on_dead_;
  const TetherTimes times_;
  // What only our own workers give back, whatever else they answer: also one that wants to know who
  // asks.
  const std::string mark_ = fmt::format("sluice-tether-{:08x}", std::random_device{}());
  ssl::context tls_{ssl::context::tls_client};
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::map<std::string, SharedGuard> guards_; // by member id
  std::thread thread_;
};

void Tether::Core::take(const std::vector<TetheredWorker> &workers) {
  for (auto it = guards_.begin(); it != guards_.end();) {
    const auto &[id, guard] = *it;
    if (std::ranges::find(workers, guard->worker) != workers.end()) {
      ++it;
      continue;
    }
    error_code ignored;
    guard->wanted = false;
    guard->socket.close(ignored);
    guard->timer.cancel();
    it = guards_.erase(it);
  }
  for (const TetheredWorker &worker : workers) {
    const auto place = place_of(worker.url);
    if (!place || guards_.contains(worker.member_id))
      continue;
    const auto guard = std::make_shared<Guard>(io_, worker, *place);
    guards_.emplace(worker.member_id, guard);
    asio::co_spawn(io_, watch(guard), asio::detached);
  }
}

Async<void> Tether::Core::watch(SharedGuard guard) {
  while (guard->wanted) {
    set_alarm(guard, times_.connect);
    const error_code error = co_await connect(*guard);
    clear_alarm(*guard);
    if (!guard->wanted)
      break;
    if (!error) {
      co_await stay(guard);
    } else if (error == asio::error::connection_refused && guard->seen) {
      kLog.info("worker {} ({}) has ended: its connection broke and its port is closed",
                guard->worker.url, guard->worker.member_id);
      guard->wanted = false;
      on_dead_(guard->worker.member_id);
    } else {
      co_await pause(*guard);
    }
  }
}

Async<error_code> Tether::Core::connect(Guard &guard) {
  error_code error;
  guard.socket.close(error);
  guard.tls.reset();
  const auto found =
      co_await guard.resolver.async_resolve(guard.place.host, guard.place.port, awaited(error));
  if (!error)
    co_await asio::async_connect(guard.socket, found, awaited(error));
  if (error || !guard.place.tls)
    co_return error;
  guard.tls.emplace(guard.socket, tls_);
  co_await guard.tls->async_handshake(ssl::stream_base::client, awaited(error));
  co_return error;
}

Async<std::size_t> Tether::Core::read(Guard &guard, asio::mutable_buffer into, error_code &error) {
  if (guard.tls)
    co_return co_await guard.tls->async_read_some(into, awaited(error));
  co_return co_await guard.socket.async_read_some(into, awaited(error));
}

// Until the connection breaks.
Async<void> Tether::Core::stay(SharedGuard guard) {
  while (guard->wanted) {
    set_alarm(guard, times_.answer);
    const Answer answer = co_await ask(*guard);
    clear_alarm(*guard);
    if (answer == Answer::Foreign || answer == Answer::Goodbye)
      guard->wanted = false; // another election may know more
    if (answer != Answer::Ours) {
      if (guard->wanted && !guard->seen)
        co_await pause(*guard);
      co_return;
    }
    guard->seen = true;
    set_alarm(guard, times_.interval);
    error_code woken;
    char unasked = 0;
    co_await read(*guard, asio::buffer(&unasked, 1), woken);
    clear_alarm(*guard);
    if (woken != asio::error::operation_aborted)
      co_return; // nothing was asked: it is the end
  }
}

Async<Tether::Core::Answer> Tether::Core::ask(Guard &guard) {
  const std::string request = fmt::format("HEAD / HTTP/1.1\r\nHost: {}:{}\r\nAccept: "
                                          "application/json\r\nUser-Agent: sluice-tether\r\n"
                                          "X-Request-Id: {}\r\n\r\n",
                                          guard.place.host, guard.place.port, mark_);
  error_code error;
  if (guard.tls)
    co_await asio::async_write(*guard.tls, asio::buffer(request), awaited(error));
  else
    co_await asio::async_write(guard.socket, asio::buffer(request), awaited(error));
  std::string text;
  while (!error && text.size() < kMostHead) {
    char piece[2048];
    text.append(piece, co_await read(guard, asio::buffer(piece), error));
    if (text.ends_with("\r\n\r\n"))
      co_return judge(lower(std::move(text)));
  }
  co_return error ? Answer::None : Answer::Foreign;
}

Tether::Core::Answer Tether::Core::judge(std::string_view head) const {
  if (head.find("\r\nconnection: close\r\n") != std::string_view::npos)
    return Answer::Goodbye;
  const bool ours = head.find("\r\nx-request-id: " + mark_ + "\r\n") != std::string_view::npos;
  return ours ? Answer::Ours : Answer::Foreign;
}

Async<void> Tether::Core::pause(Guard &guard) {
  guard.timer.expires_after(times_.pause);
  error_code ignored;
  co_await guard.timer.async_wait(awaited(ignored));
}

void Tether::Core::set_alarm(const SharedGuard &guard, Duration time) {
  guard->timer.expires_after(time);
  guard->timer.async_wait([guard, number = ++guard->alarm](const error_code &error) {
    if (error || number != guard->alarm)
      return;
    error_code ignored;
    guard->resolver.cancel();
    guard->socket.cancel(ignored);
  });
}

void Tether::Core::clear_alarm(Guard &guard) {
  ++guard.alarm;
  guard.timer.cancel();
}

Tether::Tether(std::function<void(const std::string &)> on_dead, TetherTls tls, TetherTimes times)
    : core_(std::make_unique<Core>(std::move(on_dead), tls, times)) {}
Tether::~Tether() = default;

void Tether::start() { core_->start(); }
void Tether::stop() { core_->stop(); }
void Tether::hold(std::vector<TetheredWorker> workers) { core_->hold(std::move(workers)); }

} // namespace host::cluster
