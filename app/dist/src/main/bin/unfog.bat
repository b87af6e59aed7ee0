@echo off
rem Starts Unfog. UNFOG_JAVA_OPTIONS adds options for the Java virtual machine, such as -Xmx4g.
setlocal
set "HOME_DIR=%~dp0.."
set "JAVA_EXE=java"
if defined JAVA_HOME set "JAVA_EXE=%JAVA_HOME%\bin\java"
where "%JAVA_EXE%" >nul 2>&1 || if not exist "%JAVA_EXE%.exe" (
  echo unfog: no Java found; install JDK 17 or newer, or set JAVA_HOME 1>&2
  exit /b 1
)
rem ONNX Runtime must not call home.
set "ORT_DISABLE_TELEMETRY=1"
"%JAVA_EXE%" -XX:+UseSerialGC -Xshare:auto %UNFOG_JAVA_OPTIONS% "-Dunfog.installation=%HOME_DIR%" -jar "%HOME_DIR%\lib\unfog-cli.jar" %*
exit /b %ERRORLEVEL%
