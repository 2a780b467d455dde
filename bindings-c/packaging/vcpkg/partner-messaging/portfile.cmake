# Installs what the archive of the C library holds, from the folder where the archive is:
#
#     export PARTNER_MESSAGING_DIST=/where/the/archive/is VCPKG_KEEP_ENV_VARS=PARTNER_MESSAGING_DIST
#     vcpkg install partner-messaging --overlay-ports=share/partner-messaging/vcpkg
#
# It is built for release alone, and a program's debug build takes the same.
set(VCPKG_BUILD_TYPE release)
if(VCPKG_TARGET_ARCHITECTURE STREQUAL "x64")
    set(architecture x86_64)
else()
    set(architecture aarch64)
endif()
if(NOT DEFINED ENV{PARTNER_MESSAGING_DIST})
    message(FATAL_ERROR "PARTNER_MESSAGING_DIST has to name the folder with the archive")
endif()

vcpkg_extract_source_archive(SOURCE_PATH
    ARCHIVE "$ENV{PARTNER_MESSAGING_DIST}/partner-messaging-c-${VERSION}-${architecture}-@TARGET_SYSTEM@.tar.gz")
file(INSTALL "${SOURCE_PATH}/include" DESTINATION "${CURRENT_PACKAGES_DIR}")
file(INSTALL "${SOURCE_PATH}/lib/pkgconfig" "${SOURCE_PATH}/lib/cmake" DESTINATION "${CURRENT_PACKAGES_DIR}/lib")
if(VCPKG_LIBRARY_LINKAGE STREQUAL "static")
    file(INSTALL "${SOURCE_PATH}/lib/libpartner_messaging.a" DESTINATION "${CURRENT_PACKAGES_DIR}/lib")
else()
    file(GLOB libraries "${SOURCE_PATH}/lib/libpartner_messaging.so*")
    file(INSTALL ${libraries} DESTINATION "${CURRENT_PACKAGES_DIR}/lib")
endif()

vcpkg_cmake_config_fixup(PACKAGE_NAME PartnerMessaging CONFIG_PATH lib/cmake/PartnerMessaging)
vcpkg_fixup_pkgconfig()
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST
    "${SOURCE_PATH}/LICENSE-MIT" "${SOURCE_PATH}/LICENSE-APACHE" "${SOURCE_PATH}/THIRD-PARTY-LICENSES.txt")
