#include "host/kafka/error.h"

#include <gtest/gtest.h>

namespace host::kafka {
namespace {

TEST(KafkaError, CodesHaveJavasClasses) {
  EXPECT_EQ(exception_of(ErrorCode(29)),
            "org.apache.kafka.common.errors.TopicAuthorizationException");
  EXPECT_EQ(exception_of(ErrorCode(10)), "org.apache.kafka.common.errors.RecordTooLargeException");
  EXPECT_EQ(exception_of(ErrorCode(90)), "org.apache.kafka.common.errors.ProducerFencedException");
  EXPECT_EQ(exception_of(ErrorCode(-185)), "org.apache.kafka.common.errors.TimeoutException");
  EXPECT_EQ(exception_of(ErrorCode(1000)), "org.apache.kafka.common.KafkaException");
  EXPECT_EQ(name_of(ErrorCode(29)), "TOPIC_AUTHORIZATION_FAILED");
}

TEST(KafkaError, SaysWhatMayBeTriedAgain) {
  EXPECT_TRUE(is_retriable(ErrorCode(7)));
  EXPECT_TRUE(is_retriable(ErrorCode(-156))); // a partition without a leader, for now
  EXPECT_FALSE(is_retriable(ErrorCode(29)));
  EXPECT_EQ(error_of(ErrorCode(7)).code(), Code::Retry);
  EXPECT_EQ(error_of(ErrorCode(36)).code(), Code::AlreadyExists);
  EXPECT_EQ(error_of(ErrorCode(35)).code(), Code::Unsupported);
  EXPECT_EQ(error_of(ErrorCode(29), "producing to t").trace(),
            "org.apache.kafka.common.errors.TopicAuthorizationException: producing to t: Broker: "
            "Topic authorization failed\n");
}

} // namespace
} // namespace host::kafka
