# What vcpkg does for a portfile, as far as ours asks for it, where there is no vcpkg:
#
#     cmake -DPORT_FOLDER=… -DPACKAGES=… -DVERSION=… -DLINKAGE=… -P stand_in.cmake
cmake_minimum_required(VERSION 3.22)
set(PORT partner-messaging)
set(CURRENT_PACKAGES_DIR "${PACKAGES}")
set(VCPKG_LIBRARY_LINKAGE "${LINKAGE}")
set(VCPKG_TARGET_ARCHITECTURE "${ARCHITECTURE}")

function(vcpkg_extract_source_archive result)
    cmake_parse_arguments(PARSE_ARGV 1 argument "" "ARCHIVE" "")
    file(ARCHIVE_EXTRACT INPUT "${argument_ARCHIVE}" DESTINATION "${PACKAGES}/../source")
    file(GLOB top "${PACKAGES}/../source/*")
    set(${result} "${top}" PARENT_SCOPE)
endfunction()

# It moves the files of CMake to share/, for release and debug alike.
function(vcpkg_cmake_config_fixup)
    cmake_parse_arguments(PARSE_ARGV 0 argument "" "PACKAGE_NAME;CONFIG_PATH" "")
    file(GLOB files "${PACKAGES}/${argument_CONFIG_PATH}/*.cmake")
    file(INSTALL ${files} DESTINATION "${PACKAGES}/share/${argument_PACKAGE_NAME}")
    file(REMOVE_RECURSE "${PACKAGES}/${argument_CONFIG_PATH}")
endfunction()

function(vcpkg_fixup_pkgconfig)
    if(NOT EXISTS "${PACKAGES}/lib/pkgconfig/partner-messaging.pc")
        message(FATAL_ERROR "there is no file for pkg-config")
    endif()
endfunction()

function(vcpkg_install_copyright)
    cmake_parse_arguments(PARSE_ARGV 0 argument "" "" "FILE_LIST")
    foreach(file IN LISTS argument_FILE_LIST)
        file(READ "${file}" text)
        file(APPEND "${PACKAGES}/share/${PORT}/copyright" "${text}")
    endforeach()
endfunction()

include("${PORT_FOLDER}/portfile.cmake")
foreach(file IN ITEMS share/partner-messaging/copyright share/partner-messaging/usage include/partner_messaging.h)
    if(NOT EXISTS "${PACKAGES}/${file}")
        message(FATAL_ERROR "the port installs no ${file}")
    endif()
endforeach()
