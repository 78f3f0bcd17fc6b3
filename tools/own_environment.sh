# To be sourced from the project's folder: makes the environment $OWN anew from the hashed pins in
# $PINS, unless it was made from just these.
uv=.uv/bin/uv
[ -x "$uv" ] || uv=$(command -v uv)
if [ "$(cat "$OWN/.pins" 2>/dev/null)" != "$(sha256sum "$PINS")" ]; then
    rm -rf "$OWN"
    "$uv" venv --quiet --no-project -p .venv/bin/python "$OWN"
    "$uv" pip sync --quiet --require-hashes -p "$OWN/bin/python" "$PINS"
    sha256sum "$PINS" >"$OWN/.pins"
fi
