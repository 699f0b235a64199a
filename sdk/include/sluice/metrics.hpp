// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sluice/context.hpp"

// Metrics of a task or connector: made in start(), updated from any thread without a lock, shown by
// the host. Where the host offers none, updates do nothing.
namespace sluice::inline v0 {

struct metric_text {
  std::string_view name; // unit as suffix: "lines_read", "wait_seconds"
  std::string_view help;
};

template <std::int32_t Kind> class metric {
public:
  metric() = default; // updates nothing

  metric(const context &owner, metric_text text, std::span<const sluice_kv> labels = {},
         std::span<const double> buckets = {})
      : host_(owner.host()), ctx_(owner.abi()) {
    sluice_metric_def def{};
    def.struct_size = sizeof def;
    def.kind = Kind;
    def.name = to_abi(text.name);
    def.help = to_abi(text.help);
    def.labels = labels.data();
    def.n_labels = labels.size();
    def.buckets = buckets.data();
    def.n_buckets = buckets.size();
    if (host_->metric_define(ctx_, &def, &id_) != SLUICE_OK)
      host_ = nullptr;
  }

  void add(double amount = 1) const noexcept requires(Kind == SLUICE_METRIC_COUNTER) {
    update(amount);
  }
  void set(double value) const noexcept requires(Kind == SLUICE_METRIC_GAUGE) { update(value); }
  void observe(double value) const noexcept requires(Kind == SLUICE_METRIC_HISTOGRAM) {
    update(value);
  }

private:
  void update(double value) const noexcept {
    if (host_ != nullptr)
      host_->metric_update(ctx_, id_, value);
  }

  const sluice_host *host_ = nullptr;
  sluice_ctx *ctx_ = nullptr;
  std::uint32_t id_ = 0;
};

using counter = metric<SLUICE_METRIC_COUNTER>;
using gauge = metric<SLUICE_METRIC_GAUGE>;
using histogram = metric<SLUICE_METRIC_HISTOGRAM>;

} // namespace sluice::inline v0
