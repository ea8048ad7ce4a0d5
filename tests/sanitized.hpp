// Which sanitizer a test was built with, by the words of g++ and of clang.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define GATELESS_ADDRESS_SANITIZER
#elif defined(__SANITIZE_THREAD__)
#define GATELESS_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GATELESS_ADDRESS_SANITIZER
#elif __has_feature(thread_sanitizer)
#define GATELESS_THREAD_SANITIZER
#endif
#endif
