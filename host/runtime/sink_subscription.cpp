#include "host/runtime/sink_subscription.h"

#include <algorithm>
#include <utility>

#include "host/base/java_text.h"
#include "host/base/log.h"
#include "host/runtime/text_list.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.task"};

constexpr Duration kAskTimeout{5'000};
// After the cluster could not be asked.
constexpr Duration kAskAgain{1'000};

Duration refresh_interval(const TaskSpec &spec, Duration fallback) {
  const std::string *text = spec.connector_config.find("consumer.override.metadata.max.age.ms");
  if (text == nullptr)
    text = spec.worker_config.find("consumer.metadata.max.age.ms");
  const auto ms = text != nullptr ? java::parse_integer(java::trim(*text)) : std::nullopt;
  return ms && *ms > 0 ? Duration(*ms) : fallback;
}

} // namespace

Result<SinkSubscription> SinkSubscription::from(const TaskSpec &spec) {
  SinkSubscription subscription;
  subscription.wanted_ = text_list(spec.connector_config.get("topics"));
  const std::string pattern = spec.connector_config.get("topics.regex");
  if (!subscription.wanted_.empty())
    return subscription;
  if (pattern.empty())
    return fail(Code::Config, "Must configure one of topics or topics.regex");
  HOST_ASSIGN(subscription.regex_, regex::Regex::compile(pattern));
  subscription.refresh_ = refresh_interval(spec, subscription.refresh_);
  return subscription;
}

bool SinkSubscription::covers(std::string_view topic) const {
  if (regex_)
    return regex_->matches(topic);
  return std::find(wanted_.begin(), wanted_.end(), topic) != wanted_.end();
}

Status SinkSubscription::turn(kafka::Consumer &consumer, TimePoint now) {
  if (now < due_)
    return {};
  if (!regex_) {
    due_ = TimePoint::max();
    return consumer.subscribe(wanted_);
  }
  auto topics = consumer.topics(kAskTimeout);
  if (!topics) {
    kLog.warn("cannot look for topics that match '{}': {}", regex_->pattern(),
              topics.error().message());
    due_ = now + kAskAgain;
    return {};
  }
  due_ = now + refresh_;
  std::erase_if(*topics, [this](const std::string &name) { return !regex_->matches(name); });
  if (subscribed_ && *topics == wanted_)
    return {};
  if (topics->empty())
    kLog.info("no topic matches '{}' yet", regex_->pattern());
  wanted_ = *std::move(topics);
  subscribed_ = true;
  return consumer.subscribe(wanted_);
}

} // namespace host::runtime
