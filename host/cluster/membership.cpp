#include "host/cluster/membership_core.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/base/thread.h"

namespace host::cluster {
namespace {

namespace asio = boost::asio;

const log::Logger kLog{"sluice.cluster"};

} // namespace

Result<std::unique_ptr<Membership>> Membership::create(MembershipSettings settings,
                                                       MembershipListener &listener) {
  HOST_ASSIGN(std::vector<wire::Address> brokers, wire::parse_bootstrap(settings.bootstrap));
  return std::unique_ptr<Membership>(
      new Membership(std::make_shared<Core>(std::move(settings), std::move(brokers), listener)));
}

Membership::Membership(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Membership::~Membership() = default;

void Membership::start() { core_->start(); }

void Membership::request_stop() {
  core_->post([](Core &core) { core.stop_soon(); });
}

void Membership::stop() {
  request_stop();
  core_->join_thread();
}

void Membership::request_rejoin(std::string why) {
  core_->post([why = std::move(why)](Core &core) { core.want_rejoin(why); });
}

void Membership::remove_member(std::string member_id, OnRemoved done) {
  core_->post([errand = Core::Errand{std::move(member_id), std::move(done)}](Core &core) {
    core.add_errand(errand);
  });
}

std::string Membership::trouble() const { return core_->trouble(); }

MembershipFigures Membership::figures() const { return core_->figures(); }

Membership::Core::Core(MembershipSettings settings, std::vector<wire::Address> brokers,
                       MembershipListener &listener)
    : settings_(std::move(settings)), listener_(listener), brokers_(std::move(brokers)),
      configured_brokers_(brokers_.size()),
      joiner_(io_, settings_.security, settings_.client_id, &traffic_),
      beater_(io_, settings_.security, settings_.client_id, &traffic_),
      remover_(io_, settings_.security, settings_.client_id, &traffic_) {}

void Membership::Core::start() {
  asio::co_spawn(io_, run(), asio::detached);
  asio::co_spawn(io_, beat(), asio::detached);
  asio::co_spawn(io_, watch_lease(), asio::detached);
  asio::co_spawn(io_, do_errands(), asio::detached);
  thread_ = std::thread([this] {
    name_this_thread("group-member");
    io_.run();
  });
}

void Membership::Core::post(std::function<void(Core &)> action) {
  asio::post(io_, [this, action = std::move(action)] { action(*this); });
}

// Every coroutine has ended when the thread has.
void Membership::Core::join_thread() {
  if (thread_.joinable())
    thread_.join();
}

void Membership::Core::stop_soon() {
  if (std::exchange(stopping_, true))
    return;
  joiner_.close();
  beater_.close();
  remover_.close();
  changed_.notify();
}

void Membership::Core::want_rejoin(const std::string &why) {
  kLog.info("group {}: joining again: {}", settings_.group, why);
  rejoin_ = true;
  changed_.notify();
}

std::string Membership::Core::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

MembershipFigures Membership::Core::figures() const {
  MembershipFigures figures = counters_.read(std::chrono::steady_clock::now());
  figures.client_id = settings_.client_id;
  figures.traffic = {.closed = traffic_.closed, // before `opened`, so as not to be more
                     .opened = traffic_.opened,
                     .responses = traffic_.responses,
                     .requests = traffic_.requests,
                     .bytes_out = traffic_.bytes_out,
                     .bytes_in = traffic_.bytes_in};
  return figures;
}

void Membership::Core::say_trouble(const Error &error) {
  const std::lock_guard lock(mutex_);
  if (trouble_ == error.message())
    return;
  trouble_ = error.message();
  kLog.warn("group {}: {}", settings_.group, trouble_);
}

void Membership::Core::end_trouble() {
  failures_ = 0;
  const std::lock_guard lock(mutex_);
  trouble_.clear();
}

// Exponential, with up to a fifth more or less so that workers do not come in step.
Duration Membership::Core::backoff() {
  const int doublings = std::min(failures_, 16);
  const double wanted =
      static_cast<double>(settings_.retry_backoff.count()) * static_cast<double>(1u << doublings);
  const double capped = std::min(wanted, static_cast<double>(settings_.retry_backoff_max.count()));
  return Duration(static_cast<std::int64_t>(
      capped * std::uniform_real_distribution<double>(0.8, 1.2)(random_)));
}

wire::Async<void> Membership::Core::run() {
  while (!stopping_) {
    if (!rejoin_) {
      co_await changed_.wait();
      continue;
    }
    rejoin_ = false;
    phase_ = Phase::Preparing;
    auto offer = co_await ask_offer();
    Status seated;
    if (offer && !stopping_)
      seated = co_await take_seat(*std::move(offer));
    phase_ = Phase::Resting;
    if (!seated && !stopping_) {
      counters_.rebalance_failed();
      co_await recover(std::move(seated).error());
    }
  }
  co_await leave("the worker stops");
  changed_.notify();
}

// Asks the listener. Who takes too long is put out of the group by the coordinator anyway; leaving
// spares the others the wait (contract 7.7).
wire::Async<std::optional<std::vector<wire::GroupProtocol>>> Membership::Core::ask_offer() {
  offer_.reset();
  const std::uint64_t asked = ++question_;
  listener_.on_joining(
      [weak = weak_from_this(), number = asked](std::vector<wire::GroupProtocol> offer) {
        if (const auto core = weak.lock())
          core->post([number, offer = std::move(offer)](Core &core) mutable {
            if (number != core.question_)
              return;
            core.offer_ = std::move(offer);
            core.changed_.notify();
          });
      });
  const TimePoint deadline = std::chrono::steady_clock::now() + settings_.rebalance_timeout;
  while (!offer_ && !stopping_ && question_ == asked) {
    if (!is_member()) {
      co_await changed_.wait();
    } else if (std::chrono::steady_clock::now() < deadline) {
      co_await changed_.wait_until(deadline);
    } else {
      co_await leave("worker poll timeout has expired");
      give_up(Revocation::Late, "the worker was not ready to join within rebalance.timeout.ms");
    }
  }
  co_return std::exchange(offer_, std::nullopt);
}

// After a failed attempt to join.
wire::Async<void> Membership::Core::recover(Error error) {
  const bool patience = error.code() == Code::Retry || error.code() == Code::Cancelled;
  // A rebalance that overtook this one is everyday life, and whoever called the attempt off has
  // said why.
  if (error.code() != Code::Conflict && error.code() != Code::Cancelled)
    say_trouble(error);
  rejoin_ = true;
  if (error.code() == Code::Conflict && failures_ == 0) {
    ++failures_;
    co_return;
  }
  const TimePoint until =
      std::chrono::steady_clock::now() +
      (patience || error.code() == Code::Conflict ? backoff() : settings_.trouble_backoff);
  ++failures_;
  while (!stopping_ && std::chrono::steady_clock::now() < until)
    co_await changed_.wait_until(until);
}

// The membership is over, or as good as.
void Membership::Core::give_up(Revocation kind, const std::string &why) {
  if (kind != Revocation::Lapsing) {
    member_id_.clear();
    generation_ = -1;
  }
  leased_.reset();
  // What the listener was asked before, it was asked about what it had then.
  ++question_;
  rejoin_ = true;
  changed_.notify();
  if (std::exchange(assigned_, false)) {
    kLog.warn("group {}: everything that was assigned stops: {}", settings_.group, why);
    listener_.on_revoked(kind, why);
  }
}

} // namespace host::cluster
