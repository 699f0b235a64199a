#include "host/rest/session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cassert>
#include <list>
#include <thread>

#include "host/base/log.h"
#include "host/base/thread.h"
#include "host/rest/logger_levels.h"

namespace host::rest {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

const log::Logger kLog{"sluice.rest"};

constexpr int kBacklog = 1024;
// When there are no descriptors left for a connection.
constexpr std::chrono::milliseconds kAcceptPause{100};

Error cannot_listen(const Listener &listener, const error_code &error) {
  return Error(Code::Io, "Cannot listen on " + listener.text() + ": " + error.message() +
                             "; choose another address in `listeners`");
}

// The first address of a host name; all interfaces for an empty one.
Result<tcp::endpoint> resolve(net::io_context &io, const Listener &listener) {
  if (listener.host.empty())
    return tcp::endpoint(tcp::v6(), listener.port);
  error_code error;
  tcp::resolver resolver(io);
  const auto found =
      resolver.resolve(listener.host, std::to_string(listener.port), tcp::resolver::passive, error);
  if (error || found.empty())
    return fail(cannot_listen(listener, error));
  return found.begin()->endpoint();
}

error_code open(tcp::acceptor &acceptor, const tcp::endpoint &endpoint, bool dual_stack) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error)
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && dual_stack)
    acceptor.set_option(net::ip::v6_only(false), error);
  if (!error)
    acceptor.bind(endpoint, error);
  if (!error)
    acceptor.listen(kBacklog, error);
  return error;
}

Result<tcp::acceptor> listen(net::io_context &io, Listener &listener) {
  HOST_ASSIGN(const tcp::endpoint endpoint, resolve(io, listener));
  tcp::acceptor acceptor(io);
  error_code error = open(acceptor, endpoint, listener.host.empty());
  if (error && listener.host.empty()) { // a machine without IPv6
    error_code ignored;
    acceptor.close(ignored);
    error = open(acceptor, tcp::endpoint(tcp::v4(), listener.port), false);
  }
  if (error)
    return fail(cannot_listen(listener, error));
  listener.port = acceptor.local_endpoint(error).port();
  return acceptor;
}

} // namespace

class Server::Impl {
public:
  Impl(ServerOptions options, const Clock &clock)
      : options_(std::move(options)),
        clock_(clock), shared_{std::make_shared<net::io_context>(1), options_.limits},
        front_(options_.front, clock), admin_front_({}, clock) {}

  Status bind() {
    for (Listener &listener : options_.listeners)
      HOST_TRY(add_entrance(listener, main_, front_, options_.tls));
    if (options_.admin_listeners)
      for (Listener &listener : *options_.admin_listeners)
        HOST_TRY(add_entrance(listener, admin_, admin_front_, options_.admin_tls));
    return {};
  }

  const std::vector<Listener> &listeners() const { return options_.listeners; }
  const std::vector<Listener> &admin_listeners() const {
    static const std::vector<Listener> kNone;
    return options_.admin_listeners ? *options_.admin_listeners : kNone;
  }

  void start(herder::Herder &herder) {
    shared_.herder = &herder;
    levels_ = std::make_unique<LoggerLevels>(
        clock_, [&herder](const std::string &prefix, const std::string &level) {
          herder.set_log_level(prefix, level);
        });
    herder.follow_log_levels([this](const std::string &logger, const std::string &level) {
      if (const auto known = log::level_of(level))
        levels_->set(logger, *known);
      else
        kLog.warn("Logger {} cannot have the level {}, which is none", logger, level);
    });
    add_root(main_, herder, options_.info);
    add_connectors(main_, herder);
    add_connector_configs(main_, herder);
    add_connector_actions(main_, herder);
    add_connector_offsets(main_, herder);
    add_plugins(main_, herder);
    add_loggers(options_.admin_listeners ? admin_ : main_, *levels_, herder);
    if (options_.metrics)
      add_metrics(main_, options_.metrics);
    main_.set_forward(options_.forward);
    if (options_.users) {
      const Gate gate = [users = options_.users](Request &request) {
        return users->check(request);
      };
      main_.set_gate(gate);
      if (options_.guard_admin)
        admin_.set_gate(gate);
    }
    for (Entrance &entrance : entrances_)
      net::co_spawn(*shared_.io, accept(entrance), log_failure);
    thread_ = std::thread([this] {
      name_this_thread("rest");
      run();
    });
  }

  void request_stop() {
    net::post(*shared_.io, [this] {
      if (std::exchange(shared_.stopping, true))
        return;
      for (Entrance &entrance : entrances_) {
        error_code ignored;
        entrance.acceptor.close(ignored);
      }
      close_sessions(false);
      grace_.emplace(*shared_.io, options_.limits.stop_grace);
      grace_->async_wait([this](error_code error) {
        if (!error)
          close_sessions(true);
      });
      end_if_empty();
    });
  }

  void stop() {
    request_stop();
    if (thread_.joinable())
      thread_.join();
  }
  bool stopped() const { return !thread_.joinable(); }

private:
  Status add_entrance(Listener &listener, const Router &router, Front &front,
                      const std::shared_ptr<net::ssl::context> &tls) {
    HOST_ASSIGN(auto acceptor, listen(*shared_.io, listener));
    entrances_.push_back({std::move(acceptor), router, front, listener.tls ? tls : nullptr});
    kLog.info("Listening on {}", listener.text());
    return {};
  }

  void run() {
    for (;;) {
      try {
        shared_.io->run();
        return;
      } catch (const std::exception &e) {
        kLog.error("A connection ended with an exception, which is a defect: {}", e.what());
      }
    }
  }

  static void log_failure(std::exception_ptr thrown) {
    if (thrown)
      std::rethrow_exception(thrown); // to run()
  }

  net::awaitable<void> accept(Entrance &entrance) {
    while (!shared_.stopping) {
      error_code error;
      tcp::socket socket =
          co_await entrance.acceptor.async_accept(net::redirect_error(net::use_awaitable, error));
      if (shared_.stopping)
        co_return;
      if (error) {
        kLog.warn("A connection could not be accepted: {}", error.message());
        make_room();
        net::steady_timer pause(*shared_.io, kAcceptPause);
        co_await pause.async_wait(net::redirect_error(net::use_awaitable, error));
        continue;
      }
      socket.set_option(tcp::no_delay(true), error);
      if (sessions_.size() >= options_.limits.connections)
        make_room();
      add_session(Session::make(std::move(socket), entrance, shared_));
    }
  }

  void add_session(std::shared_ptr<Session> session) {
    const auto place = sessions_.insert(sessions_.end(), session);
    net::co_spawn(*shared_.io, session->run(), [this, place](std::exception_ptr thrown) {
      sessions_.erase(place);
      end_if_empty();
      log_failure(thrown);
    });
  }

  // Ends the connection that has waited longest for its client, if one does.
  void make_room() {
    std::shared_ptr<Session> slowest;
    for (const auto &session : sessions_)
      if (!session->busy() && (!slowest || session->quiet_since() < slowest->quiet_since()))
        slowest = session;
    if (slowest)
      slowest->close();
  }

  void close_sessions(bool busy_ones_too) {
    for (const auto &session : sessions_)
      if (busy_ones_too || !session->busy())
        session->close();
  }

  // Lets the thread end once the last request is answered.
  void end_if_empty() {
    if (!shared_.stopping || !sessions_.empty())
      return;
    grace_.reset();
    work_.reset();
  }

  ServerOptions options_;
  const Clock &clock_;
  Shared shared_;
  Front front_;
  Front admin_front_;
  Router main_;
  Router admin_;
  std::unique_ptr<LoggerLevels> levels_;
  std::list<Entrance> entrances_;
  std::list<std::shared_ptr<Session>> sessions_;
  std::optional<net::steady_timer> grace_;
  std::optional<net::executor_work_guard<net::io_context::executor_type>> work_{
      std::in_place, shared_.io->get_executor()};
  std::thread thread_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { assert(impl_->stopped()); }

Result<std::unique_ptr<Server>> Server::bind(ServerOptions options, const Clock &clock) {
  auto impl = std::make_unique<Impl>(std::move(options), clock);
  HOST_TRY(impl->bind());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::vector<Listener> &Server::listeners() const { return impl_->listeners(); }
const std::vector<Listener> &Server::admin_listeners() const { return impl_->admin_listeners(); }
void Server::start(herder::Herder &herder) { impl_->start(herder); }
void Server::request_stop() { impl_->request_stop(); }
void Server::stop() { impl_->stop(); }

} // namespace host::rest
